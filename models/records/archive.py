"""Table of archived documents: the searchable PDF of each content that was read from paper."""

from sqlmodel import Field, SQLModel

from models.records.columns import money


class ArchivedRow(SQLModel, table=True):
    """One archived PDF, its hash and where it is kept; ``made_at`` is ISO text, UTC."""

    __tablename__ = "archived_document"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    sha256: str
    storage_key: str
    page_count: int
    byte_count: int = money()
    made_at: str
