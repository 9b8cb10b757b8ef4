"""Tables of the desk page: accounts, sessions, sign-in attempts, leases, hand-overs."""

from sqlmodel import Field, Index, SQLModel

from models.records.columns import serial, text


class DeskAccount(SQLModel, table=True):
    """A colleague who may use the desk; an empty hash signs in through the proxy alone."""

    __tablename__ = "desk_account"
    login: str = Field(primary_key=True)
    shown_name: str
    roles: str
    password_hash: str = text()
    language: str
    is_active: bool
    created_by: str
    created_at: str
    changed_at: str


class DeskSession(SQLModel, table=True):
    """One signed-in browser; the cookie's token is kept as its SHA-256 alone."""

    __tablename__ = "desk_session"
    token_sha256: str = Field(primary_key=True)
    login: str = Field(index=True)
    csrf_token: str
    source: str
    started_at: str
    seen_at: str
    idle_until: str = Field(index=True)
    ends_at: str


class DeskAttempt(SQLModel, table=True):
    """One attempt to sign in, counted against the login (as its SHA-256) and the address."""

    __tablename__ = "desk_attempt"
    __table_args__ = (
        Index("ix_desk_attempt_login", "login_sha256", "happened_at"),
        Index("ix_desk_attempt_address", "address", "happened_at"),
    )
    attempt_id: int | None = serial()
    login_sha256: str
    address: str
    happened_at: str
    is_success: bool


class DeskLease(SQLModel, table=True):
    """Who has a dossier open to work on it, and until when nobody else may."""

    __tablename__ = "desk_lease"
    dossier_id: str = Field(primary_key=True)
    login: str = Field(index=True)
    taken_at: str
    expires_at: str


class DeskHandOver(SQLModel, table=True):
    """To whom an open task was handed over: a colleague's login, or a role."""

    __tablename__ = "desk_hand_over"
    task_id: str = Field(primary_key=True)
    to_login: str = text(index=True)
    to_role: str = text(index=True)
    given_by: str
    given_at: str
