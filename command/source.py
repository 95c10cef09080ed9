"""The project and the network that the arguments name."""

from __future__ import annotations

import os
from argparse import Namespace

from command.arguments import KEY_VARIABLE
from gradcam import Arithmetic
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.choosing import Deployed
from services.edge_impulse.connect import connect
from services.edge_impulse.host import find_host
from services.edge_impulse.metadata import Deployment
from services.edge_impulse.place import parse_place
from services.errors import ProjectError
from services.opening.opening import Prepared, prepare, prepare_source, studio_reference
from services.project import Project
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress


def source_asked(asked: Namespace, deployment: Deployment | None, progress: Progress) -> Prepared:
    """The project that the arguments name, of which nothing has been predicted yet.

    Args:
        asked: the arguments.
        deployment: what Studio says of the run; None where it did not begin it.
        progress: is told what is being done.

    Raises:
        GradcamError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    if asked.demo:
        return prepare_source(SourceReference(SourceKind.DEMO, asked.demo), progress)
    if asked.source:
        return prepare_source(asked.source, progress, access_for(asked, asked.source))
    if asked.project:
        folder = SourceReference(SourceKind.FOLDER, asked.project)
        return prepare_source(folder.picking(split=asked.split, model=asked.model), progress)
    key = asked.api_key or os.environ.get(KEY_VARIABLE) or (deployment.key if deployment else "")
    if not key:
        raise ProjectError(
            "The metadata holds no API key, since the block is not privileged or the project has "
            f"no development key; give one with --api-key or {KEY_VARIABLE}."
        )
    host = asked.host or (deployment.host if deployment else "")
    access = Access(ApiKey(key), find_host(host, [host] if host else []))
    deployed = None
    if deployment is not None and deployment.model is not None:
        deployed = Deployed(deployment.model, deployment.learn)
    content, studio = connect(
        access,
        progress,
        way=asked.test_set,
        deployed=deployed,
        fetch=not asked.skip_dataset_download,
        only=deployment.project if deployment else None,
        picked=asked.model,
    )
    reference = studio_reference(studio.place).picking(model=asked.model)
    return prepare(content, studio, reference, progress)


def access_for(asked: Namespace, source: SourceReference) -> Access | None:
    """The key for a source in Edge Impulse, which names its own Studio; no other needs one.

    Raises:
        ProjectError: nobody gave it.
    """
    if not source.kind.needs_key:
        return None
    key = asked.api_key or os.environ.get(KEY_VARIABLE)
    if not key:
        raise ProjectError(f"That source needs its project's key: --api-key or {KEY_VARIABLE}.")
    origin = parse_place(source.place).origin
    return Access(ApiKey(key), find_host(origin, [origin]))


def network_asked(asked: Namespace, project: Project) -> Project:
    """The project with the network that the arguments name.

    Raises:
        ProjectError: there is none of that name, or it has not that arithmetic.
    """
    using = project.using(asked.network)
    if asked.network and using.network.name != asked.network:
        names = [network.name for network in project.networks]
        known = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
        raise ProjectError(f"There is no network “{asked.network}” here; {known}.")
    return _in_arithmetic(using, asked.arithmetic)


def _in_arithmetic(project: Project, asked: Arithmetic) -> Project:
    using = project.in_arithmetic(asked)
    if asked is not Arithmetic.PHONE and using.network.arithmetic is not asked:
        raise ProjectError(
            f"{using.network.name} is no network of whole numbers: it has one arithmetic alone, "
            "so leave --arithmetic out."
        )
    return using
