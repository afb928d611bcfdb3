"""The main job: registrations, the person's facts, induction periods and outcomes, what the TRA is told, mail.

On PostgreSQL an exclusion constraint stands behind the rule that no two periods of one ECT overlap.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_the_main_job"
down_revision = "0001_the_house"

NO_OVERLAP = """ALTER TABLE induction_period ADD CONSTRAINT excl_induction_period_overlap
EXCLUDE USING gist (ect_id WITH =, daterange(started_on, ended_on, '[]') WITH &&)"""


def upgrade() -> None:
    op.create_table(
        "marketing_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wants", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "by",
            sa.Enum(
                "account",
                "unsubscribe",
                name="marketing_chosen_by",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("wording", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_marketing_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_choice")),
    )
    with op.batch_alter_table("marketing_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marketing_choice_person_id"), ["person_id"], unique=False)

    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "registration_received",
                "registration_authorised",
                "registration_returned",
                "end_date_asked",
                "outcome_released",
                name="mail_purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("to_address", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "delayed",
                "failed",
                name="mail_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["person.id"], name=op.f("fk_outgoing_mail_to_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_mail_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mail_message_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_outgoing_mail_uid")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_mail_made_at_id", ["made_at", "id"], unique=False)
        batch_op.create_index("ix_outgoing_mail_state_due_at_id", ["state", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_mail_to_person_id"), ["to_person_id"], unique=False)

    op.create_table(
        "tra_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=130), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "csv", "xlsx", name="tra_file_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["person.id"], name=op.f("fk_tra_file_released_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tra_file")),
        sa.UniqueConstraint("uid", name=op.f("uq_tra_file_uid")),
    )
    with op.batch_alter_table("tra_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tra_file_released_by_id"), ["released_by_id"], unique=False)

    op.create_table(
        "ect_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("personal_email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("telephone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_ect_contact_ect_id_ect")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ect_contact_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ect_contact")),
        sa.UniqueConstraint("ect_id", name="uq_ect_contact_ect_id"),
        sa.UniqueConstraint("uid", name=op.f("uq_ect_contact_uid")),
    )
    with op.batch_alter_table("ect_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ect_contact_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ect_contact_person_id"), ["person_id"], unique=False)

    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("employer_name", sa.String(length=250), nullable=False),
        sa.Column("employer_address", sa.String(length=400), nullable=False),
        sa.Column("employer_email", sa.String(length=320), nullable=False),
        sa.Column("post", sa.String(length=150), nullable=False),
        sa.Column(
            "contract",
            sa.Enum(
                "permanent",
                "fixed_term",
                "supply",
                name="contract_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("fte", sa.Numeric(precision=3, scale=2), nullable=False),
        sa.Column("pattern", sa.String(length=10), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_employment_ends_after_start")
        ),
        sa.CheckConstraint("fte > 0 AND fte <= 1", name=op.f("ck_employment_fte_in_bounds")),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_employment_ect_id_ect")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_employment_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
    )
    with op.batch_alter_table("employment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employment_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index("ix_employment_school_id_ect_id", ["school_id", "ect_id"], unique=False)

    op.create_table(
        "induction_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "programme",
            sa.Enum(
                "provider-led",
                "school-led",
                name="period_programme",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("fte", sa.Numeric(precision=3, scale=2), nullable=False),
        sa.Column("terms", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (terms IS NULL)", name=op.f("ck_induction_period_terms_when_ended")
        ),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on > started_on", name=op.f("ck_induction_period_ends_after_start")
        ),
        sa.CheckConstraint("fte > 0 AND fte <= 1", name=op.f("ck_induction_period_fte_in_bounds")),
        sa.CheckConstraint(
            "terms IS NULL OR (terms >= 0 AND terms <= 16)", name=op.f("ck_induction_period_terms_in_bounds")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_induction_period_ect_id_ect")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_induction_period_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_induction_period")),
        sa.UniqueConstraint("uid", name=op.f("uq_induction_period_uid")),
    )
    with op.batch_alter_table("induction_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_induction_period_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index("ix_induction_period_school_id_ect_id", ["school_id", "ect_id"], unique=False)
        batch_op.create_index("ix_induction_period_ended_on_id", ["ended_on", "id"], unique=False)

    op.create_table(
        "induction_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "programme",
            sa.Enum(
                "provider-led",
                "school-led",
                name="training_programme",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("lead_provider", sa.String(length=200), nullable=False),
        sa.Column("delivery_partner", sa.String(length=200), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_induction_training_ect_id_ect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_induction_training")),
        sa.UniqueConstraint("ect_id", name="uq_induction_training_ect_id"),
    )
    with op.batch_alter_table("induction_training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_induction_training_ect_id"), ["ect_id"], unique=False)

    op.create_table(
        "previous_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "sort_name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_previous_name_ect_id_ect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previous_name")),
    )
    with op.batch_alter_table("previous_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_previous_name_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_previous_name_sort_name"), ["sort_name"], unique=False)

    op.create_table(
        "previous_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_name", sa.String(length=200), nullable=False),
        sa.Column("appropriate_body", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("terms", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_previous_service_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_previous_service_ect_id_ect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previous_service")),
    )
    with op.batch_alter_table("previous_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_previous_service_ect_id"), ["ect_id"], unique=False)

    op.create_table(
        "qts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "awaited",
                "not_known",
                name="qts_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("awarded_on", sa.Date(), nullable=True),
        sa.Column("route", sa.String(length=100), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_qts_ect_id_ect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qts")),
        sa.UniqueConstraint("ect_id", name="uq_qts_ect_id"),
    )
    with op.batch_alter_table("qts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qts_ect_id"), ["ect_id"], unique=False)

    op.create_table(
        "qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("institution", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_qualification_ect_id_ect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
    )
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualification_ect_id"), ["ect_id"], unique=False)

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "awaiting_ab",
                "returned",
                "authorised",
                "withdrawn",
                name="registration_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("trn", sa.String(length=7), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ect_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "trn IS NULL OR length(trn) = 7", name=op.f("ck_registration_trn_has_seven_digits")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_registration_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_registration_ect_id_ect")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_registration_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_registration_school_id_school")),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_registration_sent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("uid", name=op.f("uq_registration_uid")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_sent_by_id"), ["sent_by_id"], unique=False)
        batch_op.create_index("ix_registration_sort_name_id", ["sort_name", "id"], unique=False)
        batch_op.create_index("ix_registration_moved_at_id", ["moved_at", "id"], unique=False)
        batch_op.create_index("ix_registration_state_moved_at_id", ["state", "moved_at", "id"], unique=False)
        batch_op.create_index("ix_registration_trn", ["trn"], unique=False)
        batch_op.create_index(
            "uq_registration_live_trn",
            ["school_id", "trn"],
            unique=True,
            postgresql_where=sa.text("trn IS NOT NULL AND state IN ('draft', 'awaiting_ab', 'returned')"),
            sqlite_where=sa.text("trn IS NOT NULL AND state IN ('draft', 'awaiting_ab', 'returned')"),
        )

    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("terms", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "pass", "fail", name="outcome_result", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "decision",
                "appeal",
                "correction",
                name="outcome_cause",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=130), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reasons_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(ended_on IS NULL) = (terms IS NULL)", name=op.f("ck_outcome_terms_when_ended")),
        sa.CheckConstraint(
            "terms IS NULL OR (terms >= 0 AND terms <= 16)", name=op.f("ck_outcome_terms_in_bounds")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_outcome_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_outcome_ect_id_ect")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["induction_period.id"], name=op.f("fk_outcome_period_id_induction_period")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outcome_person_id_person")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["outcome.id"], name=op.f("fk_outcome_replaced_by_id_outcome")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_outcome_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("uid", name=op.f("uq_outcome_uid")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_period_id"), ["period_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_replaced_by_id"), ["replaced_by_id"], unique=False)
        batch_op.create_index("ix_outcome_school_id_ect_id", ["school_id", "ect_id"], unique=False)
        batch_op.create_index(
            "uq_outcome_in_force",
            ["ect_id"],
            unique=True,
            postgresql_where=sa.text("replaced_by_id IS NULL"),
            sqlite_where=sa.text("replaced_by_id IS NULL"),
        )

    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "start",
                "leaving",
                "outcome",
                name="notification_event",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("trn", sa.String(length=7), nullable=True),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=4), nullable=True),
        sa.Column("terms", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("uid", sa.String(length=12), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(event = 'outcome') = (outcome IS NOT NULL)", name=op.f("ck_notification_outcome_when_decided")
        ),
        sa.CheckConstraint(
            "event = 'start' OR ended_on IS NOT NULL", name=op.f("ck_notification_end_when_ended")
        ),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_notification_ect_id_ect")),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_notification_outcome_id_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["induction_period.id"], name=op.f("fk_notification_period_id_induction_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("uid", name=op.f("uq_notification_uid")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index("ix_notification_made_at_id", ["made_at", "id"], unique=False)
        batch_op.create_index("ix_notification_outcome_id", ["outcome_id"], unique=False)
        batch_op.create_index("ix_notification_period_id", ["period_id"], unique=False)

    op.create_table(
        "tra_file_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("notification_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("ect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ect_id"], ["ect.id"], name=op.f("fk_tra_file_row_ect_id_ect")),
        sa.ForeignKeyConstraint(["file_id"], ["tra_file.id"], name=op.f("fk_tra_file_row_file_id_tra_file")),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name=op.f("fk_tra_file_row_notification_id_notification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tra_file_row")),
        sa.UniqueConstraint("file_id", "notification_id", name="uq_tra_file_row_file_notification"),
    )
    with op.batch_alter_table("tra_file_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tra_file_row_ect_id"), ["ect_id"], unique=False)
        batch_op.create_index("ix_tra_file_row_file_id", ["file_id"], unique=False)
        batch_op.create_index("ix_tra_file_row_notification_id", ["notification_id"], unique=False)
        batch_op.create_index(
            "uq_tra_file_row_first",
            ["notification_id"],
            unique=True,
            postgresql_where=sa.text("first"),
            sqlite_where=sa.text("first"),
        )

    with op.batch_alter_table("ect", schema=None) as batch_op:
        batch_op.add_column(sa.Column("known_as", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "authorised",
                    "in_progress",
                    "passed",
                    "failed",
                    "left",
                    name="ect_state",
                    native_enum=False,
                    create_constraint=True,
                    length=24,
                ),
                server_default="authorised",
                nullable=False,
            )
        )
        batch_op.create_index("ix_ect_state_sort_name_id", ["state", "sort_name", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
        op.execute(sa.text(NO_OVERLAP))


def downgrade() -> None:
    with op.batch_alter_table("ect", schema=None) as batch_op:
        batch_op.drop_index("ix_ect_state_sort_name_id")
        batch_op.drop_constraint(batch_op.f("ck_ect_ect_state"), type_="check")
        batch_op.drop_column("state")
        batch_op.drop_column("known_as")

    with op.batch_alter_table("tra_file_row", schema=None) as batch_op:
        batch_op.drop_index("ix_tra_file_row_notification_id")
        batch_op.drop_index(
            "uq_tra_file_row_first", postgresql_where=sa.text("first"), sqlite_where=sa.text("first")
        )
        batch_op.drop_index("ix_tra_file_row_file_id")
        batch_op.drop_index(batch_op.f("ix_tra_file_row_ect_id"))

    op.drop_table("tra_file_row")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_period_id")
        batch_op.drop_index("ix_notification_outcome_id")
        batch_op.drop_index("ix_notification_made_at_id")
        batch_op.drop_index(batch_op.f("ix_notification_ect_id"))

    op.drop_table("notification")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outcome_in_force",
            postgresql_where=sa.text("replaced_by_id IS NULL"),
            sqlite_where=sa.text("replaced_by_id IS NULL"),
        )
        batch_op.drop_index("ix_outcome_school_id_ect_id")
        batch_op.drop_index(batch_op.f("ix_outcome_replaced_by_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_person_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_period_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_ect_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_decided_by_id"))

    op.drop_table("outcome")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_registration_live_trn",
            postgresql_where=sa.text("trn IS NOT NULL AND state IN ('draft', 'awaiting_ab', 'returned')"),
            sqlite_where=sa.text("trn IS NOT NULL AND state IN ('draft', 'awaiting_ab', 'returned')"),
        )
        batch_op.drop_index("ix_registration_trn")
        batch_op.drop_index("ix_registration_state_moved_at_id")
        batch_op.drop_index("ix_registration_moved_at_id")
        batch_op.drop_index("ix_registration_sort_name_id")
        batch_op.drop_index(batch_op.f("ix_registration_sent_by_id"))
        batch_op.drop_index(batch_op.f("ix_registration_school_id"))
        batch_op.drop_index(batch_op.f("ix_registration_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_registration_ect_id"))
        batch_op.drop_index(batch_op.f("ix_registration_decided_by_id"))

    op.drop_table("registration")
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qualification_ect_id"))

    op.drop_table("qualification")
    with op.batch_alter_table("qts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qts_ect_id"))

    op.drop_table("qts")
    with op.batch_alter_table("previous_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_previous_service_ect_id"))

    op.drop_table("previous_service")
    with op.batch_alter_table("previous_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_previous_name_sort_name"))
        batch_op.drop_index(batch_op.f("ix_previous_name_ect_id"))

    op.drop_table("previous_name")
    with op.batch_alter_table("induction_training", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_induction_training_ect_id"))

    op.drop_table("induction_training")
    with op.batch_alter_table("induction_period", schema=None) as batch_op:
        batch_op.drop_index("ix_induction_period_ended_on_id")
        batch_op.drop_index("ix_induction_period_school_id_ect_id")
        batch_op.drop_index(batch_op.f("ix_induction_period_ect_id"))

    op.drop_table("induction_period")
    with op.batch_alter_table("employment", schema=None) as batch_op:
        batch_op.drop_index("ix_employment_school_id_ect_id")
        batch_op.drop_index(batch_op.f("ix_employment_ect_id"))

    op.drop_table("employment")
    with op.batch_alter_table("ect_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ect_contact_person_id"))
        batch_op.drop_index(batch_op.f("ix_ect_contact_ect_id"))

    op.drop_table("ect_contact")
    with op.batch_alter_table("tra_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tra_file_released_by_id"))

    op.drop_table("tra_file")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_to_person_id"))
        batch_op.drop_index("ix_outgoing_mail_state_due_at_id")
        batch_op.drop_index("ix_outgoing_mail_made_at_id")

    op.drop_table("outgoing_mail")
    with op.batch_alter_table("marketing_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marketing_choice_person_id"))

    op.drop_table("marketing_choice")
