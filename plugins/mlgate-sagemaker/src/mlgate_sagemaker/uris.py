"""URIs of the registry: `sagemaker:name/3` and `sagemaker:name@alias`."""

from __future__ import annotations

from mlgate import RegistryUris

URIS = RegistryUris(
    "sagemaker",
    called="model package",
    name=r"[A-Za-z0-9](?:-*[A-Za-z0-9]){0,62}",
    version="[0-9]{1,9}",
    example="group/3",
)
