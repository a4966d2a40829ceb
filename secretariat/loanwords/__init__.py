"""Korean for the words of other people's apps: what their own catalogues lack or get wrong.

An app without models, for its catalogue alone. It stands after the project's own apps in
INSTALLED_APPS and before everybody else's: a word of ours is never overridden by it. `make
messages` does not touch it. What scripts say is in `secretariat/locale`, `djangojs.po`, as
script catalogues know no app but the one they are asked for.
"""
