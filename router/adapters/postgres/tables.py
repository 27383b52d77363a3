"""The tables of the record, as statements are built from them; what creates them is in `migrations`.

Times are PostgreSQL's, in microseconds. Every table with a column `tenant` has a policy by it.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

SCHEMA: Final = "control"
CHANGED: Final = "ar_changed"
"""The channel on which a commit wakes projectors; its payload is empty, so it may be lost."""

METADATA: Final = MetaData(schema=SCHEMA)
_AT: Final = DateTime(timezone=True)

INSTALLATION: Final = Table("installation", METADATA, Column("id", Text))

TENANT: Final = Table(
    "tenant", METADATA, Column("tenant", Text, primary_key=True), Column("state", Text), Column("created_at", _AT)
)

CONFIGURATION: Final = Table(
    "configuration",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text),
    Column("digest", Text),
    Column("part", Text),
    Column("source", Text),
    Column("source_ref", Text),
    Column("author", Text),
    Column("login", Text),
    Column("note", Text),
    Column("at", _AT),
)

ACTIVE: Final = Table(
    "active",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("version", Integer),
    Column("generation", BigInteger),
    Column("cell", Text),
)

TOKEN: Final = Table(
    "token",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("tenant", Text),
    Column("created_at", _AT),
    Column("revoked_at", _AT),
)

SECRET: Final = Table(
    "secret",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", Text),
)

TENANT_KEY: Final = Table(
    "tenant_key",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("wrapped", Text),
)

ERASED_PERSON: Final = Table(
    "erased_person",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("text", Text),
    Column("until", _AT),
)

API_KEY: Final = Table(
    "api_key",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("id", Text),
    Column("tenant", Text),
    Column("name", Text),
    Column("role", Text),
    Column("networks", ARRAY(Text)),
    Column("maker", Text),
    Column("maker_issuer", Text),
    Column("created_at", _AT),
    Column("expires_at", _AT),
    Column("revoked_at", _AT),
)

PROPOSAL: Final = Table(
    "proposal",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("part", Text),
    Column("base", Integer),
    Column("document", Text),
    Column("summary", Text),
    Column("diff", Text),
    Column("source", Text),
    Column("source_ref", Text),
    Column("author", Text),
    Column("login", Text),
    Column("note", Text),
    Column("authors", ARRAY(Text)),
    Column("state", Text),
    Column("created_at", _AT),
    Column("expires_at", _AT),
    Column("decided_by", Text),
    Column("decided_at", _AT),
)

ACCESS_DOCUMENT: Final = Table(
    "access_document",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("document", Text),
    Column("digest", Text),
    Column("author", Text),
    Column("login", Text),
    Column("source", Text),
    Column("source_ref", Text),
    Column("note", Text),
    Column("at", _AT),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary),
    Column("leaf", LargeBinary),
    Column("tenant", Text),
    Column("at", _AT),
)

AUDIT_HEAD: Final = Table(
    "audit_head",
    METADATA,
    Column("one", Boolean, primary_key=True),
    Column("size", BigInteger),
    Column("edge", LargeBinary),
)

CHECKPOINT: Final = Table(
    "checkpoint",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text),
    Column("at", _AT),
)

PROJECTED: Final = Table(
    "projected",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("generation", BigInteger),
    Column("at", _AT),
)

IDEMPOTENCY: Final = Table(
    "idempotency",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text),
    Column("status", SmallInteger),
    Column("answer", LargeBinary),
    Column("at", _AT),
)
