"""The vault of the running application."""

from pathlib import Path
from threading import Lock

from flask import Flask, current_app

from app.vault.keys import KeyStore
from app.vault.master import KEY_BYTES, VAULT_FILE, read_master_key

NAME = "vault"


class Vault:
    """One key store an application; nothing is opened until a sealed text is."""

    def __init__(self) -> None:
        self._lock = Lock()

    def init_app(self, app: Flask) -> None:
        """`app` has a vault. Reads no key: `check_ready` does that before a process serves."""
        app.extensions[NAME] = None

    @property
    def keys(self) -> KeyStore:
        """The key store of the current application.

        Raises:
            UnreadableMasterKey: `MASTER_KEY` is no key.
        """
        with self._lock:
            store: KeyStore | None = current_app.extensions[NAME]
            if store is None:
                settings = current_app.config
                store = KeyStore(settings["KEY_STORE_URL"], read_master_key(settings["MASTER_KEY"]))
                current_app.extensions[NAME] = store
            return store

    @property
    def holds_keys(self) -> bool:
        """Whether keys are stored here. A store that nobody prepared holds none; asking makes no file."""
        store = KeyStore(current_app.config["KEY_STORE_URL"], bytes(KEY_BYTES))  # counts without a master key
        return store.is_prepared() and store.count() > 0

    @property
    def file(self) -> Path:
        """Where this machine remembers that the master key is kept."""
        return Path(current_app.config["INSTANCE_FOLDER"]) / VAULT_FILE


vault = Vault()
