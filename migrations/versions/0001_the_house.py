"""The house: people and hats, sign-in sessions, schools, ECTs and where they are placed, the audit trail.

Rows of the audit trail are only ever inserted: on SQLite by two triggers, on PostgreSQL by the grants that
`flask release` makes (`app/access/walls.py`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_the_house"
down_revision = None

NEVER = """CREATE TRIGGER audit_note_is_never_{what}d BEFORE {what} ON audit_note
BEGIN SELECT RAISE(ABORT, 'rows of the audit trail are only ever inserted'); END"""


def upgrade() -> None:
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_group_name")),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_permission_name")),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_register_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_register_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_register_user_username")),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_role")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_role_name")),
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_changed_by_fk_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_created_by_fk_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_user_username")),
    )
    with op.batch_alter_table("ab_user", schema=None) as batch_op:
        batch_op.create_index("ix_ab_user_changed_by_fk", ["changed_by_fk"], unique=False)
        batch_op.create_index("ix_ab_user_created_by_fk", ["created_by_fk"], unique=False)

    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_view_menu")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_view_menu_name")),
    )
    op.create_table(
        "audit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("hat", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("about_table", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("changes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_note")),
        sa.UniqueConstraint("uid", name=op.f("uq_audit_note_uid")),
    )
    with op.batch_alter_table("audit_note", schema=None) as batch_op:
        batch_op.create_index("ix_audit_note_about", ["about_table", "about_id"], unique=False)
        batch_op.create_index("ix_audit_note_at_id", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_note_ect_id", ["ect_id"], unique=False)
        batch_op.create_index("ix_audit_note_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_audit_note_school_id", ["school_id"], unique=False)

    op.create_table(
        "rights_epoch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_epoch")),
    )
    op.create_table(
        "school",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("urn", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "closed",
                "proposed_to_close",
                "proposed_to_open",
                name="school_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("type_code", sa.String(length=4), nullable=False),
        sa.Column("type_name", sa.String(length=100), nullable=False),
        sa.Column("type_group", sa.String(length=60), nullable=False),
        sa.Column("phase", sa.String(length=60), nullable=False),
        sa.Column("la_code", sa.String(length=3), nullable=False),
        sa.Column("la_name", sa.String(length=100), nullable=False),
        sa.Column("establishment_number", sa.String(length=4), nullable=False),
        sa.Column("street", sa.String(length=150), nullable=False),
        sa.Column("locality", sa.String(length=150), nullable=False),
        sa.Column("address3", sa.String(length=150), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.Column("county", sa.String(length=100), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("website", sa.String(length=400), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("low_age", sa.Integer(), nullable=True),
        sa.Column("high_age", sa.Integer(), nullable=True),
        sa.Column("gender", sa.String(length=30), nullable=False),
        sa.Column("trust_code", sa.String(length=12), nullable=False),
        sa.Column("trust_name", sa.String(length=250), nullable=False),
        sa.Column("ukprn", sa.String(length=12), nullable=False),
        sa.Column("district", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("section_41", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("urn", name="uq_school_urn"),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index("ix_school_la_code", ["la_code"], unique=False)
        batch_op.create_index("ix_school_sort_name_id", ["sort_name", "id"], unique=False)
        batch_op.create_index("ix_school_trust_code", ["trust_code"], unique=False)

    op.create_table(
        "submission",
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_submission")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_at"), ["at"], unique=False)

    op.create_table(
        "wrong_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_try")),
    )
    with op.batch_alter_table("wrong_try", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_try_about_at", ["about", "at"], unique=False)

    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_api_key_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_api_key")),
        sa.UniqueConstraint("lookup_hash", name=op.f("uq_ab_api_key_lookup_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ab_api_key_uuid")),
    )
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.create_index("idx_api_key_lookup_hash", ["lookup_hash"], unique=True)
        batch_op.create_index("idx_api_key_prefix", ["key_prefix"], unique=False)
        batch_op.create_index("idx_api_key_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_group_role_group_id_ab_group"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_group_role_role_id_ab_role"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group_role")),
        sa.UniqueConstraint("group_id", "role_id", name=op.f("uq_ab_group_role_group_id_role_id")),
    )
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.create_index("idx_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_group_role_id", ["role_id"], unique=False)

    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["ab_permission.id"],
            name=op.f("fk_ab_permission_view_permission_id_ab_permission"),
        ),
        sa.ForeignKeyConstraint(
            ["view_menu_id"],
            ["ab_view_menu.id"],
            name=op.f("fk_ab_permission_view_view_menu_id_ab_view_menu"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view")),
        sa.UniqueConstraint(
            "permission_id", "view_menu_id", name=op.f("uq_ab_permission_view_permission_id_view_menu_id")
        ),
    )
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.create_index("idx_permission_id", ["permission_id"], unique=False)
        batch_op.create_index("idx_view_menu_id", ["view_menu_id"], unique=False)

    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_user_group_group_id_ab_group"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_group_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_group")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_ab_user_group_user_id_group_id")),
    )
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.create_index("idx_user_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_user_role_role_id_ab_role"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_role_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_role")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_ab_user_role_user_id_role_id")),
    )
    with op.batch_alter_table("ab_user_role", schema=None) as batch_op:
        batch_op.create_index("ix_ab_user_role_role_id", ["role_id"], unique=False)
        batch_op.create_index("ix_ab_user_role_user_id", ["user_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_person_user_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("uid", name=op.f("uq_person_uid")),
        sa.UniqueConstraint("user_id", name="uq_person_user_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_sort_name_id", ["sort_name", "id"], unique=False)

    op.create_table(
        "school_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_telephone", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_contact_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_contact")),
        sa.UniqueConstraint("school_id", name="uq_school_contact_school_id"),
    )
    with op.batch_alter_table("school_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_contact_school_id"), ["school_id"], unique=False)

    op.create_table(
        "school_word",
        sa.Column(
            "word",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "sort_name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_word_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "sort_name", "school_id", name=op.f("pk_school_word")),
    )
    with op.batch_alter_table("school_word", schema=None) as batch_op:
        batch_op.create_index("ix_school_word_school_id_word", ["school_id", "word"], unique=False)

    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_ab_permission_view_role_permission_view_id_ab_permission_view"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["ab_role.id"],
            name=op.f("fk_ab_permission_view_role_role_id_ab_role"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view_role")),
        sa.UniqueConstraint(
            "permission_view_id",
            "role_id",
            name=op.f("uq_ab_permission_view_role_permission_view_id_role_id"),
        ),
    )
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.create_index("idx_permission_view_id", ["permission_view_id"], unique=False)
        batch_op.create_index("idx_role_id", ["role_id"], unique=False)

    op.create_table(
        "ect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ect_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ect")),
        sa.UniqueConstraint("person_id", name=op.f("uq_ect_person_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_ect_uid")),
    )
    with op.batch_alter_table("ect", schema=None) as batch_op:
        batch_op.create_index("ix_ect_sort_name_id", ["sort_name", "id"], unique=False)

    op.create_table(
        "gias_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "reading",
                "read",
                "applying",
                "applied",
                "failed",
                "dropped",
                name="import_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "done_rows >= 0 AND rows_read >= 0", name=op.f("ck_gias_import_counts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_gias_import_person_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gias_import")),
        sa.UniqueConstraint("uid", name="uq_gias_import_uid"),
    )
    with op.batch_alter_table("gias_import", schema=None) as batch_op:
        batch_op.create_index("ix_gias_import_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_gias_import_state_finished_at", ["state", "finished_at"], unique=False)

    op.create_table(
        "kept_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_search_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_search")),
        sa.UniqueConstraint("uid", name=op.f("uq_kept_search_uid")),
    )
    with op.batch_alter_table("kept_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_search_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_kept_search_person_id"), ["person_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "assigned_as",
            sa.Enum(
                "tutor", "mentor", name="assigned_as", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_assignment_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_assignment_ect_id_ect")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_assignment_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index("ix_assignment_person_id_school_id", ["person_id", "school_id"], unique=False)
        batch_op.create_index("ix_assignment_school_id", ["school_id"], unique=False)

    op.create_table(
        "caseload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("la_code", sa.String(length=3), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN la_code IS NULL THEN 0 ELSE 1 END) + (CASE WHEN school_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN ect_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_caseload_one_kind"),
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_caseload_ect_id_ect")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_caseload_person_id_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_caseload_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload")),
    )
    with op.batch_alter_table("caseload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caseload_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_caseload_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_caseload_school_id"), ["school_id"], unique=False)

    op.create_table(
        "declared_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(school_id IS NULL) <> (ect_id IS NULL)", name=op.f("ck_declared_interest_one_kind")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_declared_interest_ect_id_ect")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_declared_interest_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_declared_interest_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_interest")),
    )
    with op.batch_alter_table("declared_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_interest_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declared_interest_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declared_interest_school_id"), ["school_id"], unique=False)

    op.create_table(
        "ect_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trn", sa.String(length=7), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(trn) = 7", name=op.f("ck_ect_identity_trn_has_seven_digits")),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_ect_identity_ect_id_ect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ect_identity")),
        sa.UniqueConstraint("trn", name=op.f("uq_ect_identity_trn")),
    )
    with op.batch_alter_table("ect_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ect_identity_ect_id"), ["ect_id"], unique=False)

    op.create_table(
        "gias_import_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new",
                "changed",
                "closed",
                "unchanged",
                "skipped",
                "refused",
                name="line_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("urn", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["gias_import.id"],
            name=op.f("fk_gias_import_line_import_id_gias_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gias_import_line")),
    )
    with op.batch_alter_table("gias_import_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_gias_import_line_import_id_applied_id", ["import_id", "applied", "id"], unique=False
        )
        batch_op.create_index(
            "ix_gias_import_line_import_id_kind_id", ["import_id", "kind", "id"], unique=False
        )

    op.create_table(
        "hat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ab_administrator",
                "ab_officer",
                "ab_assessor",
                "director",
                "named_contact",
                "dpo",
                "finance",
                "auditor",
                "headteacher",
                "induction_lead",
                "induction_tutor",
                "mentor",
                "school_administrator",
                "trust_administrator",
                "ect",
                "operator",
                name="hat_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("trust_code", sa.String(length=12), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'ect') = (ect_id IS NOT NULL)", name=op.f("ck_hat_ect_fits")),
        sa.CheckConstraint(
            "(kind = 'trust_administrator') = (trust_code IS NOT NULL)", name=op.f("ck_hat_trust_fits")
        ),
        sa.CheckConstraint(
            "(kind IN ('headteacher','induction_lead','induction_tutor','mentor','school_administrator')) = (school_id IS NOT NULL)",
            name=op.f("ck_hat_school_fits"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_hat_ends_after_start")),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_hat_ect_id_ect")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hat_person_id_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_hat_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hat")),
        sa.UniqueConstraint("uid", name=op.f("uq_hat_uid")),
    )
    with op.batch_alter_table("hat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hat_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hat_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hat_school_id"), ["school_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_placement_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_placement_ect_id_ect")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_placement_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index("ix_placement_school_id_ect_id", ["school_id", "ect_id"], unique=False)

    op.create_table(
        "drawn_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hat_id", sa.Integer(), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_drawn_record_ect_id_ect")),
        sa.ForeignKeyConstraint(["hat_id"], ["hat.id"], name=op.f("fk_drawn_record_hat_id_hat")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_drawn_record_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_record")),
        sa.UniqueConstraint("hat_id", "ect_id", name="uq_drawn_record_hat_ect"),
    )
    with op.batch_alter_table("drawn_record", schema=None) as batch_op:
        batch_op.create_index("ix_drawn_record_ect_id", ["ect_id"], unique=False)
        batch_op.create_index("ix_drawn_record_hat_id", ["hat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drawn_record_person_id"), ["person_id"], unique=False)

    op.create_table(
        "stored_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hat_id", sa.Integer(), nullable=True),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hat_id"], ["hat.id"], name=op.f("fk_stored_session_hat_id_hat"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_stored_session_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_stored_session_token_hash")),
    )
    with op.batch_alter_table("stored_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_session_hat_id"), ["hat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_session_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_session_user_id"), ["user_id"], unique=False)
    op.execute(sa.text("INSERT INTO rights_epoch (id, number) VALUES (1, 1)"))
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(sa.text(NEVER.format(what=what)))


def downgrade() -> None:
    with op.batch_alter_table("stored_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_stored_session_seen_at"))
        batch_op.drop_index(batch_op.f("ix_stored_session_hat_id"))

    op.drop_table("stored_session")
    with op.batch_alter_table("drawn_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drawn_record_person_id"))
        batch_op.drop_index("ix_drawn_record_hat_id")
        batch_op.drop_index("ix_drawn_record_ect_id")

    op.drop_table("drawn_record")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_school_id_ect_id")
        batch_op.drop_index(batch_op.f("ix_placement_ect_id"))

    op.drop_table("placement")
    with op.batch_alter_table("hat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hat_school_id"))
        batch_op.drop_index(batch_op.f("ix_hat_person_id"))
        batch_op.drop_index(batch_op.f("ix_hat_ect_id"))

    op.drop_table("hat")
    with op.batch_alter_table("gias_import_line", schema=None) as batch_op:
        batch_op.drop_index("ix_gias_import_line_import_id_kind_id")
        batch_op.drop_index("ix_gias_import_line_import_id_applied_id")

    op.drop_table("gias_import_line")
    with op.batch_alter_table("ect_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ect_identity_ect_id"))

    op.drop_table("ect_identity")
    with op.batch_alter_table("declared_interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_interest_school_id"))
        batch_op.drop_index(batch_op.f("ix_declared_interest_person_id"))
        batch_op.drop_index(batch_op.f("ix_declared_interest_ect_id"))

    op.drop_table("declared_interest")
    with op.batch_alter_table("caseload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_caseload_school_id"))
        batch_op.drop_index(batch_op.f("ix_caseload_person_id"))
        batch_op.drop_index(batch_op.f("ix_caseload_ect_id"))

    op.drop_table("caseload")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_school_id")
        batch_op.drop_index("ix_assignment_person_id_school_id")
        batch_op.drop_index(batch_op.f("ix_assignment_ect_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("kept_search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_search_person_id"))
        batch_op.drop_index(batch_op.f("ix_kept_search_at"))

    op.drop_table("kept_search")
    with op.batch_alter_table("gias_import", schema=None) as batch_op:
        batch_op.drop_index("ix_gias_import_state_finished_at")
        batch_op.drop_index("ix_gias_import_person_id")

    op.drop_table("gias_import")
    with op.batch_alter_table("ect", schema=None) as batch_op:
        batch_op.drop_index("ix_ect_sort_name_id")

    op.drop_table("ect")
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.drop_index("idx_role_id")
        batch_op.drop_index("idx_permission_view_id")

    op.drop_table("ab_permission_view_role")
    with op.batch_alter_table("school_word", schema=None) as batch_op:
        batch_op.drop_index("ix_school_word_school_id_word")

    op.drop_table("school_word")
    with op.batch_alter_table("school_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_contact_school_id"))

    op.drop_table("school_contact")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_sort_name_id")

    op.drop_table("person")
    with op.batch_alter_table("ab_user_role", schema=None) as batch_op:
        batch_op.drop_index("ix_ab_user_role_user_id")
        batch_op.drop_index("ix_ab_user_role_role_id")

    op.drop_table("ab_user_role")
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.drop_index("idx_user_id")
        batch_op.drop_index("idx_user_group_id")

    op.drop_table("ab_user_group")
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.drop_index("idx_view_menu_id")
        batch_op.drop_index("idx_permission_id")

    op.drop_table("ab_permission_view")
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.drop_index("idx_group_role_id")
        batch_op.drop_index("idx_group_id")

    op.drop_table("ab_group_role")
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.drop_index("idx_api_key_user_id")
        batch_op.drop_index("idx_api_key_prefix")
        batch_op.drop_index("idx_api_key_lookup_hash")

    op.drop_table("ab_api_key")
    with op.batch_alter_table("wrong_try", schema=None) as batch_op:
        batch_op.drop_index("ix_wrong_try_about_at")

    op.drop_table("wrong_try")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_at"))

    op.drop_table("submission")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index("ix_school_trust_code")
        batch_op.drop_index("ix_school_sort_name_id")
        batch_op.drop_index("ix_school_la_code")

    op.drop_table("school")
    op.drop_table("rights_epoch")
    with op.batch_alter_table("audit_note", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_note_school_id")
        batch_op.drop_index("ix_audit_note_person_id")
        batch_op.drop_index("ix_audit_note_ect_id")
        batch_op.drop_index("ix_audit_note_at_id")
        batch_op.drop_index("ix_audit_note_about")

    op.drop_table("audit_note")
    op.drop_table("ab_view_menu")
    with op.batch_alter_table("ab_user", schema=None) as batch_op:
        batch_op.drop_index("ix_ab_user_created_by_fk")
        batch_op.drop_index("ix_ab_user_changed_by_fk")

    op.drop_table("ab_user")
    op.drop_table("ab_role")
    op.drop_table("ab_register_user")
    op.drop_table("ab_permission")
    op.drop_table("ab_group")
