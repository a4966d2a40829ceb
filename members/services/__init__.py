"""Writing: cities, memberships, mandates, office roles and accounts."""
