"""Settings of one installation, read from `CRM_*` environment variables. The table in README.md documents each."""

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class Settings(BaseSettings):
    """Every variable is optional; the defaults run one service on this machine with an embedded database."""

    model_config = SettingsConfigDict(env_prefix="CRM_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for every network of the machine.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field("", description="Address people type, when a proxy stands in front: `https://crm.example`.")
    trusted_proxies: str = Field("", description="Addresses of proxies whose `X-Forwarded-*` headers count, by comma.")
    data_dir: Path = Field(Path("data"), description="Folder of the database, imports, backups and logs.")
    database_url: str = Field("", description="SQLAlchemy URL; empty = SQLite in the data folder.")
    secret_key_file: Path | None = Field(None, description="Key of hashes and secrets; empty = in the data folder.")
    queue_url: str = Field("", description="Store of the job queue; empty = beside the data (`redis://…` also works).")
    redis_url: str = Field("", description="Redis for page state when several processes serve; empty = memory.")
    upload_limit: int = Field(512 * MIB, ge=1024, description="Largest upload in bytes.")
    attachment_limit: int = Field(10 * MIB, ge=1024, description="Largest file kept with a contact, in bytes.")
    import_max_rows: int = Field(1_048_576, ge=1, description="Most rows of one file; Excel's own limit.")
    sheet_hosts: str = Field(
        "docs.google.com, *.googleusercontent.com", description="Hosts that links to sheets may lead to, by comma."
    )
    reader_memory: int = Field(2048 * MIB, description="Memory a reading child process may take, in bytes.")
    reader_cpu_seconds: int = Field(300, description="CPU seconds a reading child process may take.")
    session_idle_hours: float = Field(12, gt=0, description="A session without a click ends after this.")
    session_days: float = Field(7, gt=0, description="A session ends after this in any case.")
    log_level: str = Field("info", description="`debug`, `info`, `warning` or `error`.")

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database in force."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'crm.sqlite'}"

    @property
    def imports_dir(self) -> Path:
        """Uploaded files and plans, one folder an import; never served."""
        return self.data_dir.absolute() / "imports"

    @property
    def exports_dir(self) -> Path:
        """Files of exports, until they are fetched and their days are over."""
        return self.data_dir.absolute() / "exports"

    @property
    def attachments_dir(self) -> Path:
        """Files kept with contacts, under generated names; never served as they are."""
        return self.data_dir.absolute() / "attachments"

    @property
    def mails_dir(self) -> Path:
        """Messages that did not leave, because no mail server is set."""
        return self.data_dir.absolute() / "mails"

    @property
    def secret_key_path(self) -> Path:
        """The key that must lie outside the database and its backups."""
        return self.secret_key_file or self.data_dir.absolute() / "secret.key"

    @property
    def backups_dir(self) -> Path:
        return self.data_dir.absolute() / "backups"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


@cache
def get() -> Settings:
    """The settings of this process, read once."""
    return Settings()
