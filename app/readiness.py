"""What a production start refuses (security.md 5.6); development is told and goes on."""

from pathlib import Path

from app.errors import NotReady
from app.vault.master import VAULT_FILE, check_ready
from config import Settings

SHORTEST_SECRET = 32


def not_ready(settings: Settings) -> list[str]:
    """Sentences, one for each thing that keeps this deployment from serving; none: it may."""
    found = []
    try:
        check_ready(
            settings.MASTER_KEY,
            production=settings.PRODUCTION,
            vault_file=Path(settings.INSTANCE_FOLDER) / VAULT_FILE,
        )
    except NotReady as reason:
        found.append(str(reason))
    if not settings.PRODUCTION:
        return found
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        found.append("SECRET_KEY is too short: 32 characters at least.")
    if not settings.PROXIES:
        found.append("PROXIES is 0: production is served behind TLS, by a proxy that is counted here.")
    if set(settings.TRUSTED_HOSTS) <= {"127.0.0.1", "localhost"}:
        found.append("TRUSTED_HOSTS names no host of production.")
    if not settings.MAIL_SERVER or settings.MAIL_FOLDER:
        found.append("MAIL_SERVER is not set, or MAIL_FOLDER is: production sends its mail.")
    if not settings.SERVICE_URL.startswith("https://"):
        found.append("SERVICE_URL is not the https address that people use: links in mails begin with it.")
    if settings.TESTING or settings.MADE_UP:
        found.append("TESTING and MADE_UP are for tests and demonstrations.")
    return found


def refuse_to_start_unready(settings: Settings) -> None:
    """Returns where the deployment may serve.

    Raises:
        SystemExit: it may not; every reason is named.
    """
    reasons = not_ready(settings)
    if reasons and settings.PRODUCTION:
        raise SystemExit("Production does not start:\n- " + "\n- ".join(reasons))
    for reason in reasons:
        print(f"Not for production: {reason}")
