"""What the server's owner decides, read from the environment once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

ROLES = ("viewer", "reviewer", "admin")  # see services.people.person


class Login(StrEnum):
    """How people sign in (`GRADCAM_LOGIN`)."""

    NONE = "none"
    TOKEN = "token"  # noqa: S105 - a kind of sign-in, and no secret
    OIDC = "oidc"
    PROXY = "proxy"


class LogForm(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


class Unit(StrEnum):
    """What a limit counts."""

    BYTE = "byte"
    DAY = "day"
    HOUR = "hour"
    JOB = "job"
    PAGE = "page"
    PROJECT = "project"
    SAMPLE = "sample"
    TAB = "tab"
    CONNECTION = "connection"


@dataclass(frozen=True)
class Ceiling:
    """What a number of the settings bounds; 0 of it is any number.

    Attributes:
        what: in words.
        setting: its variable of the environment.
        unit: that it counts.
    """

    what: str
    setting: str
    unit: Unit


@dataclass(frozen=True)
class Settings:
    """The server's configuration.

    Attributes:
        cache: folder for predictions, uploads and whatever else is kept (`GRADCAM_CACHE`).
        cache_bytes: bound of what is kept in it and in use by nobody (`GRADCAM_CACHE_GB`).
        cache_days: what was not opened for so many days goes, however much room there is
            (`GRADCAM_CACHE_DAYS`); 0 for never.
        notes: folder for what people write, which is never thrown away (`GRADCAM_NOTES`).
        database: address of a PostgreSQL for what people write, in place of a file in `notes`
            (`GRADCAM_DATABASE`); "" for that file. It may hold a password.
        database_pool: connections to it at most (`GRADCAM_DATABASE_POOL`).
        folders: only folders below these may be opened by path (`GRADCAM_FOLDERS`, separated as
            in PATH); None where any may, as on one's own machine.
        capture_bytes: bound of the in-memory captures (`GRADCAM_CAPTURE_MB`).
        fold: whether batch normalisations are folded, see `gradcam.load_network` (`GRADCAM_FOLD`, 0
            for Keras' own order of operations).
        projects: how many opened projects are kept in memory (`GRADCAM_PROJECTS`).
        buckets: only what lies below these in object stores may be opened (`GRADCAM_BUCKETS`, such
            as `s3://models`, separated by commas).
        studio_hosts: Edge Impulse hosts beside the public one (`GRADCAM_STUDIO_HOSTS`, separated by
            commas; `*` for any on the public internet).
        studio_timeout: seconds that Studio has for an answer (`GRADCAM_STUDIO_TIMEOUT`).
        studio_poll: at most so many seconds between two looks at a job in Studio
            (`GRADCAM_STUDIO_POLL`).
        people: the file that says who may do what (`GRADCAM_PEOPLE`); None for none.
        role_claim: the claim that says so (`GRADCAM_ROLE_CLAIM`); "" for none.
        open_uploads: whether everyone who is signed in may open every upload
            (`GRADCAM_OPEN_UPLOADS`).
        person_bytes: bound of what one person's uploads and exports take (`GRADCAM_PERSON_GB`).
        shared_keys: file with the server's own keys of Edge Impulse projects that admins share
            (`GRADCAM_SHARED_KEYS`); None for none.
        role_values: names of roles by what may stand in it (`GRADCAM_ROLES`, such as
            `leads=admin; labellers=reviewer`); as they are called here where that is not set.
        jobs: how many that queue a person who signs in may have under way (`GRADCAM_JOBS`); 0 for
            as many as they like.
        export_samples: at most so many samples in an export of who is no admin
            (`GRADCAM_EXPORT_SAMPLES`); 0 for any number.
        runs: at most so many pages a second for each tab of who signs in (`GRADCAM_RUNS`); 0 for
            any number.
        login: how people sign in (`GRADCAM_LOGIN`); what holds where it is not set, `app.py` says.
        login_hours: hours after which a person has to sign in again (`GRADCAM_LOGIN_HOURS`).
        secret: signs cookies (`GRADCAM_SECRET`); the same on every replica, else made at the start.
        token: whoever has it may come in (`GRADCAM_TOKEN`); else made at the start.
        hosts: names that this server is reached by (`GRADCAM_HOSTS`, separated by commas; `*.` for
            any below, `*` for any).
        url: its public address (`GRADCAM_URL`), such as `https://gradcam.example.com`.
        proxy_header: header in which a trusted proxy names the person (`GRADCAM_PROXY_HEADER`).
        proxy_secret: what that proxy sends along to be trusted (`GRADCAM_PROXY_SECRET`).
        free_bytes: of the cache's disk; with less a server says that it is not ready
            (`GRADCAM_FREE_GB`).
        metrics_token: what `/metrics` asks for (`GRADCAM_METRICS_TOKEN`); "" for a request of
            this machine that no proxy has passed on.
        log: how the log is written (`GRADCAM_LOG`).
        oidc_metadata: address of a provider's description of itself (`GRADCAM_OIDC_METADATA`); ""
            where `secrets.toml` names providers.
        oidc_client: what the provider calls this server (`GRADCAM_OIDC_CLIENT_ID`).
        oidc_secret: what the provider knows it by (`GRADCAM_OIDC_CLIENT_SECRET`).
        oidc_scope: what is asked of it (`GRADCAM_OIDC_SCOPE`).
        connections: tabs that a person may have open (`GRADCAM_CONNECTIONS`); 0 for any number.
        connections_all: tabs of all people together (`GRADCAM_CONNECTIONS_ALL`); 0 for any number.
        upload_bytes: of the files that a tab may have brought and not closed
            (`GRADCAM_UPLOAD_MB`); 0 for any number, as where nobody signs in.
        upload_bytes_person: of a person's tabs together (`GRADCAM_UPLOAD_PERSON_MB`).
        upload_bytes_all: of all people's together (`GRADCAM_UPLOAD_ALL_MB`).
    """

    cache: Path
    cache_bytes: Annotated[int, Ceiling("What is kept in the cache", "GRADCAM_CACHE_GB", Unit.BYTE)]
    cache_days: Annotated[
        float, Ceiling("What nobody opens is kept for", "GRADCAM_CACHE_DAYS", Unit.DAY)
    ]
    notes: Path
    database: str = field(repr=False)
    database_pool: Annotated[
        int, Ceiling("Connections to the database", "GRADCAM_DATABASE_POOL", Unit.CONNECTION)
    ]
    folders: tuple[Path, ...] | None
    capture_bytes: Annotated[int, Ceiling("Captures in memory", "GRADCAM_CAPTURE_MB", Unit.BYTE)]
    fold: bool
    projects: Annotated[int, Ceiling("Projects in memory", "GRADCAM_PROJECTS", Unit.PROJECT)]
    buckets: tuple[str, ...]
    studio_hosts: tuple[str, ...]
    studio_timeout: float
    studio_poll: float
    people: Path | None
    role_claim: str
    role_values: Mapping[str, str]
    jobs: Annotated[int, Ceiling("Jobs of a person that queue", "GRADCAM_JOBS", Unit.JOB)]
    export_samples: Annotated[
        int, Ceiling("An export of who is no admin", "GRADCAM_EXPORT_SAMPLES", Unit.SAMPLE)
    ]
    runs: Annotated[float, Ceiling("Pages a second for each tab", "GRADCAM_RUNS", Unit.PAGE)]
    login: Login
    login_hours: Annotated[float, Ceiling("A sign-in counts for", "GRADCAM_LOGIN_HOURS", Unit.HOUR)]
    secret: str = field(repr=False)
    token: str = field(repr=False)
    hosts: tuple[str, ...]
    url: str
    proxy_header: str
    proxy_secret: str = field(repr=False)
    open_uploads: bool
    person_bytes: Annotated[
        int, Ceiling("Uploads and exports of a person", "GRADCAM_PERSON_GB", Unit.BYTE)
    ]
    shared_keys: Path | None
    free_bytes: int
    metrics_token: str = field(repr=False)
    log: LogForm
    oidc_metadata: str
    oidc_client: str
    oidc_secret: str = field(repr=False)
    oidc_scope: str
    connections: Annotated[int, Ceiling("Tabs of a person", "GRADCAM_CONNECTIONS", Unit.TAB)]
    connections_all: Annotated[
        int, Ceiling("Tabs of all people", "GRADCAM_CONNECTIONS_ALL", Unit.TAB)
    ]
    upload_bytes: Annotated[
        int, Ceiling("Uploads in memory of a tab", "GRADCAM_UPLOAD_MB", Unit.BYTE)
    ]
    upload_bytes_person: Annotated[
        int, Ceiling("Uploads in memory of a person", "GRADCAM_UPLOAD_PERSON_MB", Unit.BYTE)
    ]
    upload_bytes_all: Annotated[
        int, Ceiling("Uploads in memory of all people", "GRADCAM_UPLOAD_ALL_MB", Unit.BYTE)
    ]


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        ValueError: one of them cannot be followed; the message says which.
    """
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    login = _login(os.environ.get("GRADCAM_LOGIN") or Login.NONE.value)
    folders = os.environ.get("GRADCAM_FOLDERS")
    hosted = login is not Login.NONE
    if folders is None and hosted:
        folders = ""  # whoever signs in is not at their own machine
    return Settings(
        cache=Path(os.environ.get("GRADCAM_CACHE") or Path(base) / "gradcam-dashboard"),
        cache_bytes=round(float(os.environ.get("GRADCAM_CACHE_GB", "10")) * 1e9),
        cache_days=float(os.environ.get("GRADCAM_CACHE_DAYS", "0")),
        notes=Path(os.environ.get("GRADCAM_NOTES") or Path(data) / "gradcam-dashboard"),
        database=os.environ.get("GRADCAM_DATABASE", ""),
        database_pool=int(os.environ.get("GRADCAM_DATABASE_POOL", "25")),
        folders=None
        if folders is None
        else tuple(Path(part).resolve() for part in folders.split(os.pathsep) if part),
        capture_bytes=int(os.environ.get("GRADCAM_CAPTURE_MB", "256")) * 1_000_000,
        fold=os.environ.get("GRADCAM_FOLD", "1") != "0",
        projects=int(os.environ.get("GRADCAM_PROJECTS", "4")),
        buckets=_several("GRADCAM_BUCKETS"),
        studio_hosts=_several("GRADCAM_STUDIO_HOSTS"),
        studio_timeout=float(os.environ.get("GRADCAM_STUDIO_TIMEOUT", "30")),
        studio_poll=float(os.environ.get("GRADCAM_STUDIO_POLL", "3")),
        people=_path(os.environ.get("GRADCAM_PEOPLE")),
        role_claim=os.environ.get("GRADCAM_ROLE_CLAIM", ""),
        role_values=_role_values(os.environ.get("GRADCAM_ROLES", "")),
        jobs=int(os.environ.get("GRADCAM_JOBS", "3")),
        export_samples=int(os.environ.get("GRADCAM_EXPORT_SAMPLES", "0")),
        runs=float(os.environ.get("GRADCAM_RUNS", "10")),
        login=login,
        login_hours=float(os.environ.get("GRADCAM_LOGIN_HOURS", "12")),
        secret=os.environ.get("GRADCAM_SECRET") or secrets.token_urlsafe(32),
        token=os.environ.get("GRADCAM_TOKEN") or secrets.token_urlsafe(32),
        hosts=_several("GRADCAM_HOSTS"),
        url=os.environ.get("GRADCAM_URL", "").rstrip("/"),
        proxy_header=os.environ.get("GRADCAM_PROXY_HEADER") or "X-Forwarded-User",
        proxy_secret=os.environ.get("GRADCAM_PROXY_SECRET", ""),
        open_uploads=os.environ.get("GRADCAM_OPEN_UPLOADS", "") == "1",
        person_bytes=round(float(os.environ.get("GRADCAM_PERSON_GB", "5")) * 1e9),
        shared_keys=_path(os.environ.get("GRADCAM_SHARED_KEYS")),
        free_bytes=round(float(os.environ.get("GRADCAM_FREE_GB", "1")) * 1e9),
        metrics_token=os.environ.get("GRADCAM_METRICS_TOKEN", ""),
        log=LogForm(os.environ.get("GRADCAM_LOG") or LogForm.TEXT),
        oidc_metadata=os.environ.get("GRADCAM_OIDC_METADATA", ""),
        oidc_client=os.environ.get("GRADCAM_OIDC_CLIENT_ID", ""),
        oidc_secret=os.environ.get("GRADCAM_OIDC_CLIENT_SECRET", ""),
        oidc_scope=os.environ.get("GRADCAM_OIDC_SCOPE", "openid email profile"),
        connections=int(os.environ.get("GRADCAM_CONNECTIONS", "10")),
        connections_all=int(os.environ.get("GRADCAM_CONNECTIONS_ALL", "200")),
        upload_bytes=_megabytes(os.environ.get("GRADCAM_UPLOAD_MB", f"{500 * hosted}")),
        upload_bytes_person=_megabytes(
            os.environ.get("GRADCAM_UPLOAD_PERSON_MB", f"{1000 * hosted}")
        ),
        upload_bytes_all=_megabytes(os.environ.get("GRADCAM_UPLOAD_ALL_MB", f"{3000 * hosted}")),
    )


def _login(text: str) -> Login:
    if text not in set(Login):
        raise ValueError(f"GRADCAM_LOGIN must be {', '.join(Login)}, and not {text!r}")
    return Login(text)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _role_values(text: str) -> Mapping[str, str]:
    """What a claim may say, and the role that it gives; a value may itself hold `=` and `,`.

    Raises:
        ValueError: one of them gives what is no role.
    """
    pairs = [part.rpartition("=") for part in text.split(";") if part.strip()]
    values = {value.strip(): role.strip().lower() for value, _, role in pairs}
    if wrong := sorted(set(values.values()) - set(ROLES)):
        raise ValueError(f"GRADCAM_ROLES gives {wrong[0]!r}, which is none of {', '.join(ROLES)}")
    return values or {role: role for role in ROLES}


def _megabytes(text: str) -> int:
    """As bytes."""
    return round(float(text) * 1e6)


def _several(name: str) -> tuple[str, ...]:
    """What a variable of the environment says, separated by commas."""
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())
