"""All that the service can be told from outside; nothing else reads the environment."""

import os
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One deployment of the service. Secrets have no default: a missing one stops the start."""

    SECRET_KEY: str
    # Wraps the key of each person; 32 bytes in base64. Kept outside the database and its backups.
    MASTER_KEY: str

    # --- Where things are ---
    SQLALCHEMY_DATABASE_URI: str = f"sqlite:///{INSTANCE / 'sixterms.db'}"
    # Who may change tables; the serving role may not. Empty: the same as above.
    OWNER_DATABASE_URI: str = ""
    KEY_STORE_URL: str = f"sqlite:///{INSTANCE / 'keys.db'}"
    # Background work: a Redis address in production, else a SQLite file.
    JOBS_URL: str = f"sqlite:///{INSTANCE / 'jobs.db'}"
    # Uploaded files wait here: any fsspec address.
    FILES_URL: str = str(INSTANCE / "files")
    INSTANCE_FOLDER: str = str(INSTANCE)

    # --- Production ---
    # Behind TLS: `__Host-` cookies, and a start refuses plain http and sample secrets.
    PRODUCTION: bool = False
    # How many proxies stand in front; forwarded headers are believed from so many and no more.
    PROXIES: int = 0
    TRUSTED_HOSTS: tuple[str, ...] = ("127.0.0.1", "localhost")

    # --- Who runs it ---
    BODY_NAME: str = "Harrowbeck Teaching School Hub"
    DPO_NAME: str = "Grace Adeyemi"
    DPO_EMAIL: str = "dpo@harrowbeck.example"
    # Says in the footer that people and schools are made up.
    MADE_UP: bool = False

    # --- Sign-in (P-11, S2, S4) ---
    IDLE_LIMIT: timedelta = timedelta(minutes=30)
    SESSION_LIMIT: timedelta = timedelta(hours=12)
    WRONG_TRIES: int = 10
    WRONG_TRIES_WITHIN: timedelta = timedelta(minutes=5)
    FAB_PASSWORD_HASH_METHOD: str = "scrypt:131072:8:1"

    # --- Mail (S5) ---
    # The mail server; without one, development writes each mail into a folder, and production does not start.
    MAIL_SERVER: str = ""
    MAIL_PORT: int = 587
    # STARTTLS on the usual port, or TLS from the first byte; certificates are checked in both.
    MAIL_USE_TLS: bool = True
    MAIL_USE_SSL: bool = False
    MAIL_USERNAME: str = ""
    MAIL_PASSWORD: str = ""
    MAIL_DEFAULT_SENDER: str = "Sixterms <no-reply@harrowbeck.example>"
    # Where development writes mail to; a page shows it. Neither server nor folder: mail waits in the outbox.
    MAIL_FOLDER: str = ""
    # Addresses in mails begin with this; a request's Host is never believed for it.
    SERVICE_URL: str = "http://127.0.0.1:8080/"

    # --- Sizes ---
    MAX_CONTENT_LENGTH: int = 25 * 1024 * 1024
    # A long text in a form counts against this; files do not.
    MAX_FORM_MEMORY_SIZE: int = 2_000_000
    UPLOAD_LIMIT: int = 200 * 1024 * 1024

    # --- Development and tests ---
    TESTING: bool = False
    # Runs background work at once, inside the request.
    JOBS_AT_ONCE: bool = False
    EXTRA: dict[str, Any] = field(default_factory=dict)

    def for_flask(self) -> dict[str, Any]:
        """The settings as Flask and its extensions name them."""
        own: dict[str, Any] = asdict(self)
        extra: dict[str, Any] = own.pop("EXTRA")
        return (
            own | FIXED | {"SQLALCHEMY_ENGINE_OPTIONS": engine_options(self.SQLALCHEMY_DATABASE_URI)} | extra
        )


def engine_options(address: str) -> dict[str, Any]:
    """What the engine is made with: no values in error texts, time-outs on every wait."""
    options: dict[str, Any] = {"hide_parameters": True}
    if address.startswith("postgresql"):
        options |= {
            "pool_pre_ping": True,
            "connect_args": {
                "connect_timeout": 5,
                "options": "-c statement_timeout=30000 -c lock_timeout=10000",
            },
        }
    return options


# What FAB and Flask are told in every deployment (`docs/adr/0003-fab-as-a-library.md`).
FIXED: dict[str, Any] = {
    "APP_NAME": "Sixterms",
    "AUTH_TYPE": 1,
    "AUTH_ROLE_ADMIN": "Operator",
    "AUTH_ROLE_PUBLIC": "Public",
    "AUTH_RATE_LIMITED": False,  # ours counts by account and address, in a table: `access/limits.py`
    "RATELIMIT_ENABLED": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_CREATE_DB": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_API_SWAGGER_UI": False,
    "FAB_ADD_MENU_API": False,
    "FAB_SECURITY_SIGNALS_ENABLED": False,
    "FAB_BASE_TEMPLATE": "base.html",
    "LANGUAGES": {"en": {"flag": "gb", "name": "English"}, "cy": {"flag": "gb", "name": "Cymraeg"}},
    "BABEL_DEFAULT_LOCALE": "en",
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
    "SQLALCHEMY_TRACK_MODIFICATIONS": False,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_TIME_LIMIT": 12 * 3600,
    "MAX_FORM_PARTS": 1000,
    "MAIL_SUPPRESS_SEND": False,  # tests speak to a real mail server
    "MAIL_DEBUG": 0,  # it would print each mail
    "SESSION_PROTECTION": None,  # the row is the protection; Flask-Login's would write on every request
}

NAMES = {
    "SQLALCHEMY_DATABASE_URI": "DATABASE_URL",
    "OWNER_DATABASE_URI": "OWNER_DATABASE_URL",
    "INSTANCE_FOLDER": "INSTANCE_FOLDER",
}
FROM_OUTSIDE = (
    "SECRET_KEY MASTER_KEY SQLALCHEMY_DATABASE_URI OWNER_DATABASE_URI KEY_STORE_URL JOBS_URL FILES_URL "
    "INSTANCE_FOLDER PRODUCTION PROXIES TRUSTED_HOSTS BODY_NAME DPO_NAME DPO_EMAIL MADE_UP "
    "MAIL_SERVER MAIL_PORT MAIL_USE_TLS MAIL_USE_SSL MAIL_USERNAME MAIL_PASSWORD MAIL_DEFAULT_SENDER MAIL_FOLDER "
    "SERVICE_URL"
).split()


def from_environment() -> Settings:
    """The settings of this deployment, from environment variables (and `.env`, where there is one).

    Raises:
        SystemExit: a secret is missing; the message names it.
    """
    load_dotenv(ROOT / ".env")
    told: dict[str, Any] = {}
    for name in FROM_OUTSIDE:
        text = os.environ.get(NAMES.get(name, name))
        if text is not None:
            told[name] = read(name, text)
    # Without a master key nothing opens; `flask vault init` makes one, so it starts without.
    told.setdefault("MASTER_KEY", "")
    missing = [name for name in ("SECRET_KEY",) if not told.get(name)]
    if missing:
        raise SystemExit(
            f"Not set: {', '.join(missing)}. `make run` writes them to .env once; see README.md."
        )
    if not (told.get("PRODUCTION") or told.get("MAIL_SERVER")):
        told.setdefault("MAIL_FOLDER", str(Path(told.get("INSTANCE_FOLDER", INSTANCE)) / "mail"))
    return Settings(**told)


def read(name: str, text: str) -> object:
    """One setting out of its text: yes/no, a number, a comma-separated list, or the text itself."""
    if name in ("PRODUCTION", "MADE_UP", "MAIL_USE_TLS", "MAIL_USE_SSL"):
        return text.strip().lower() in ("1", "true", "yes", "on")
    if name in ("PROXIES", "MAIL_PORT"):
        return int(text)
    if name == "TRUSTED_HOSTS":
        return tuple(host.strip() for host in text.split(",") if host.strip())
    if name == "SQLALCHEMY_DATABASE_URI" and text.startswith("postgresql://"):
        return text.replace("postgresql://", "postgresql+psycopg://", 1)
    return text
