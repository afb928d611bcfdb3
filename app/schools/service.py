"""Schools come in from a GIAS file: taken in, read into a preview, looked at, then applied or dropped.

`read` and `apply` commit batch by batch, so they can be stopped anywhere and called again. The other verbs
leave the commit to whoever calls them. `apply` writes public facts, hence runs as the house itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import bindparam, delete, insert, select, update

from app.access.principal import Principal
from app.audit import service as audit
from app.errors import FileRefused
from app.extensions import db, now
from app.schools import queries, refusals, store
from app.schools.gias import GiasFile, RefusedLine, TakenLine
from app.schools.models import (
    STATE_IN_WORDS,
    GiasImport,
    GiasImportLine,
    ImportState,
    School,
    SchoolContact,
    SchoolWord,
    short_name,
)
from app.schools.rules import (
    FACTS,
    FactValue,
    SchoolFacts,
    Verdict,
    difference,
    from_plain,
    judged,
    marks_of,
    plain,
    sort_name,
    words_of,
)

READ_ROWS: Final = 1000  # lines compared and noted in one transaction
APPLY_ROWS: Final = 500  # schools written in one transaction: few, so that locks are short
REFUSALS_KEPT: Final = 1000  # the others are only counted
BEFORE_APPLYING: Final = (ImportState.UPLOADED, ImportState.READING, ImportState.READ, ImportState.FAILED)

SCHOOL: Final = cast("SqlTable", School.__table__)
WORDS: Final = cast("SqlTable", SchoolWord.__table__)

Line = TakenLine | RefusedLine
# Called after each batch with lines done, and lines in all (0: not known yet).
Progress = Callable[[int, int], None]


def silent(_done: int, _of: int) -> None:
    """Nobody watches."""


# --- Taken in, dropped ---


def take_in(stream: BinaryIO, name: str, by: Principal) -> GiasImport:
    """The file is stored under a random name, and an import stands ready to be read.

    Raises:
        FileRefused: it is no GIAS file, or too large; nothing is kept of it.
    """
    uid = short_name()
    sha256, size = store.keep(stream, uid)
    try:
        with store.opened(uid) as kept:
            GiasFile(kept, name)
    except FileRefused:
        store.forget(uid)
        raise
    taken = GiasImport(
        uid=uid,
        file_name=name[-200:],
        sha256=sha256,
        size=size,
        state=ImportState.UPLOADED,
        person_id=by.person_id,
        actor=by.name,
    )
    db.session.add(taken)
    db.session.flush()
    audit.record("schools file uploaded", taken)
    return taken


def drop(import_: GiasImport) -> None:
    """The import will not be applied; its file and its lines are gone, its counts stay.

    Raises:
        NotAtThisStep: it is being applied, or was.
    """
    check_step(import_, BEFORE_APPLYING)
    import_.state, import_.finished_at = ImportState.DROPPED, now()
    db.session.execute(delete(GiasImportLine).where(GiasImportLine.import_id == import_.id))
    audit.record("schools file dropped", import_)
    store.forget(import_.uid)


def check_step(import_: GiasImport, steps: Sequence[ImportState]) -> None:
    """Nothing happens where the import is at one of `steps`.

    Raises:
        NotAtThisStep: it is elsewhere.
    """
    if import_.state not in steps:
        raise refusals.NotAtThisStep(state=STATE_IN_WORDS[import_.state])


# --- Read into a preview ---


def read(import_: GiasImport, progress: Progress = silent) -> None:
    """Every line is compared with what is held, and what would change is noted. No school changes.

    Stopped and called again, it goes on after the last line noted. A file that was read stays read.

    Raises:
        FileRefused: the stored file cannot be read after all; the import says so.
        NotAtThisStep: it was applied or dropped.
    """
    if import_.state is ImportState.READ:
        return
    check_step(import_, (ImportState.UPLOADED, ImportState.READING))
    number, name = import_.id, import_.file_name
    try:
        with store.opened(import_.uid) as stream:
            for lines in in_batches(GiasFile(stream, name).lines(), READ_ROWS):
                progress(note(number, lines), 0)
    except FileRefused as reason:
        fail(number, str(reason))
        raise
    done = queries.locked(number)
    done.state, done.read_at = ImportState.READ, now()
    audit.record("schools file read", done)
    db.session.commit()


def fail(import_id: int, sentence: str) -> None:
    """The import is over, and says why."""
    failed = queries.locked(import_id)
    failed.state, failed.failure, failed.finished_at = ImportState.FAILED, sentence[:500], now()
    audit.record("schools file refused", failed)
    db.session.commit()


def in_batches(each: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """Lists of `size` at most."""
    rest = iter(each)
    while batch := list(islice(rest, size)):
        yield batch


def note(import_id: int, lines: Sequence[Line]) -> int:
    """These lines are compared and noted, but those that were before; lines read so far are returned."""
    reading = queries.locked(import_id)
    fresh = [line for line in lines if line.line > reading.last_line]
    held = queries.known([line.facts.urn for line in fresh if isinstance(line, TakenLine)])
    noted: list[dict[str, Any]] = []
    for line in fresh:
        verdict, row = compared(line, held)
        setattr(reading, verdict, getattr(reading, verdict) + 1)
        if row is not None and (verdict is not Verdict.REFUSED or reading.refused <= REFUSALS_KEPT):
            noted.append({"import_id": import_id, "line": line.line, "kind": verdict} | EMPTY_LINE | row)
    if noted:
        db.session.execute(insert(GiasImportLine), noted)
    if fresh:
        reading.state, reading.last_line = ImportState.READING, fresh[-1].line
        reading.rows_read += len(fresh)
    rows_read = reading.rows_read
    db.session.commit()
    return rows_read


# Every row of one INSERT names the same columns.
EMPTY_LINE: Final[dict[str, Any]] = {
    "urn": None,
    "name": "",
    "changes": None,
    "facts": None,
    "text": "",
    "reason": "",
    "applied": False,
}


def compared(line: Line, held: Mapping[int, queries.Known]) -> tuple[Verdict, dict[str, Any] | None]:
    """What a line would do, and what is noted of it; None where it changes nothing."""
    if isinstance(line, RefusedLine):
        return Verdict.REFUSED, {"text": line.text, "reason": str(line.reason)[:500]}
    facts = line.facts
    before = held.get(facts.urn)
    verdict = judged(before.facts if before else None, facts)
    if verdict in (Verdict.UNCHANGED, Verdict.SKIPPED):
        return verdict, None
    changes = difference(before.facts, facts) if before else ()
    return verdict, {
        "urn": facts.urn,
        "name": facts.name,
        "changes": {change.fact: [plain(change.was), plain(change.now)] for change in changes},
        "facts": {fact: plain(value) for fact, value in facts.values.items()},
    }


# --- Applied ---


def start_applying(import_: GiasImport) -> None:
    """From here on the import is being applied; somebody has looked at the preview and said so.

    Raises:
        NotAtThisStep: it is not read yet, or is over.
        OutOfDate: another file was applied since it was read.
    """
    check_step(import_, (ImportState.READ,))
    other = queries.applied_since(import_)
    if other is not None:
        raise refusals.OutOfDate(at=other.finished_at or now())
    import_.state = ImportState.APPLYING
    audit.record("schools import started", import_)


def apply(import_: GiasImport, progress: Progress = silent) -> None:
    """The schools are as the file says. Nothing is deleted, and nothing that the body typed is touched.

    Each batch is committed by itself. Stopped in the middle and called again, it goes on with the lines that
    are not applied; called by two at once, each line is applied once. An applied import stays as it is.

    Raises:
        NotAtThisStep: nobody has called `start_applying`.
    """
    number, uid = import_.id, import_.uid
    if import_.state is not ImportState.APPLIED:
        check_step(import_, (ImportState.APPLYING,))
    while (applying := queries.locked(number)).state is ImportState.APPLYING:
        lines = queries.lines_to_apply(number, APPLY_ROWS)
        if lines:
            write(lines)
            applying.done_rows += len(lines)
        else:
            finish(applying)
        done, of = applying.done_rows, applying.to_apply
        db.session.commit()
        progress(done, of)
    db.session.commit()
    store.forget(uid)


def finish(applying: GiasImport) -> None:
    """The import is applied; its lines keep what changed, and no longer the whole record."""
    applying.state, applying.finished_at = ImportState.APPLIED, now()
    db.session.execute(
        update(GiasImportLine).where(GiasImportLine.import_id == applying.id).values(facts=None),
        execution_options={"synchronize_session": False},
    )
    counts = {kind.value: getattr(applying, kind) for kind in queries.APPLIED_KINDS}
    audit.record(
        "schools import applied",
        applying,
        changes={kind: (None, count) for kind, count in counts.items()},
    )


def write(lines: Sequence[GiasImportLine]) -> None:
    """The schools of these lines are added or changed, where they differ from what is held now."""
    held = queries.known([line.urn for line in lines if line.urn is not None])
    added: list[SchoolFacts] = []
    changed: list[tuple[queries.Known, SchoolFacts]] = []
    for line in lines:
        facts = facts_of(line)
        before = held.get(facts.urn)
        if before is None:
            added.append(facts)
        elif difference(before.facts, facts):
            changed.append((before, merged(before.facts, facts)))
        line.applied = True
    add_schools(added)
    change_schools(changed)


def facts_of(line: GiasImportLine) -> SchoolFacts:
    """The facts that a line tells."""
    told = {name: from_plain(name, value) for name, value in (line.facts or {}).items()}
    values: dict[str, Any] = dict(told)
    return SchoolFacts(urn=line.urn or 0, given=frozenset(values), **values)


def merged(before: Mapping[str, FactValue], facts: SchoolFacts) -> SchoolFacts:
    """The whole school: what the file tells, and what is held where the file says nothing."""
    values: dict[str, Any] = {**before, **facts.values}
    return SchoolFacts(urn=facts.urn, given=frozenset(FACTS), **values)


def as_row(facts: SchoolFacts) -> dict[str, Any]:
    """All columns that an import fills, but version and times."""
    return {fact: getattr(facts, fact) for fact in FACTS} | {"sort_name": sort_name(facts.name)}


def add_schools(added: Sequence[SchoolFacts]) -> None:
    """These schools are there, with the words that find them."""
    if not added:
        return
    db.session.execute(insert(SCHOOL), [as_row(facts) | {"urn": facts.urn} for facts in added])
    urns = [facts.urn for facts in added]
    rows = db.session.execute(select(School.urn, School.id).where(School.urn.in_(urns)))
    ids = {urn: school_id for urn, school_id in rows}  # noqa: C416 - a Row is no pair to `dict`'s type
    add_words([(ids[facts.urn], facts) for facts in added])


def change_schools(changed: Sequence[tuple[queries.Known, SchoolFacts]]) -> None:
    """These schools have the new facts, and the words that find them now."""
    if not changed:
        return
    rows = [
        as_row(facts) | {"this_id": before.id, "version": before.version + 1, "changed_at": now()}
        for before, facts in changed
    ]
    db.session.execute(update(SCHOOL).where(SCHOOL.c.id == bindparam("this_id")), rows)
    ids = [before.id for before, _facts in changed]
    db.session.execute(delete(WORDS).where(WORDS.c.school_id.in_(ids)))
    add_words([(before.id, facts) for before, facts in changed])


def add_words(schools: Sequence[tuple[int, SchoolFacts]]) -> None:
    """The words and closed choices under which these schools are found."""
    words = [
        {"word": word, "sort_name": sort_name(facts.name), "school_id": school_id}
        for school_id, facts in schools
        for word in words_of(facts) | marks_of(facts)
    ]
    db.session.execute(insert(WORDS), words)


# --- What the body types ---


def keep_contact(contact: SchoolContact) -> None:
    """The contact of a school is as typed, with a note beside it."""
    audit.record("school contact changed", contact)
