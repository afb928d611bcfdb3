"""Programs around the service: set-up, tests, checks. Nothing in `app/` imports them."""
