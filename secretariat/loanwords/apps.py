from django.apps import AppConfig


class LoanwordsConfig(AppConfig):
    name = "secretariat.loanwords"

    def ready(self) -> None:
        from secretariat.loanwords.labels import name_fields

        name_fields()
