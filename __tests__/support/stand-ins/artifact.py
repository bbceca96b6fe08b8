"""Stands in for actions/upload-artifact and actions/download-artifact, with the artifact service of whoever runs it.

It speaks the protocol itself, because the official client (@actions/artifact 6.2.1) and the service of act 0.2.89 do
not get along: act refuses fields that it does not know, and does not encode the signature in its addresses.

A folder becomes an artifact, by default without its hidden files. A named artifact comes into the folder itself; those
that fit a pattern come each into a folder of its own in there.
"""

import base64
import fnmatch
import hashlib
import io
import json
import os
import pathlib
import sys
import urllib.request
import zipfile

SERVICE = "twirp/github.actions.results.api.v1.ArtifactService"
TOKEN = os.environ["ACTIONS_RUNTIME_TOKEN"]
FOLDER = pathlib.Path(os.environ["INPUT_PATH"])


def send(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def call(method: str, **fields: object) -> dict:
    """Calls the service for the run and the job that the token names in its scope, as Actions.Results:RUN:JOB."""
    payload = TOKEN.split(".")[1]
    scopes = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["scp"].split(" ")
    _, run, job = next(scope for scope in scopes if scope.startswith("Actions.Results:")).split(":")
    body = {"workflow_run_backend_id": run, "workflow_job_run_backend_id": job, **fields}
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    url = f"{os.environ['ACTIONS_RESULTS_URL'].rstrip('/')}/{SERVICE}/{method}"
    return json.loads(send("POST", url, json.dumps(body).encode(), headers))


def upload(name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(FOLDER.rglob("*")):
            inner = path.relative_to(FOLDER)
            is_hidden = any(part.startswith(".") for part in inner.parts)
            if path.is_file() and (not is_hidden or os.environ["INPUT_INCLUDE_HIDDEN_FILES"] == "true"):
                archive.write(path, inner)
    body = content.getvalue()
    url = call("CreateArtifact", name=name, version=4)["signedUploadUrl"]
    send("PUT", f"{url}&comp=block", body)
    send("PUT", f"{url}&comp=blocklist", b"")
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    call("FinalizeArtifact", name=name, size=str(len(body)), hash=digest)
    print(f"Uploaded {name}: {len(body)} bytes")


def download(name: str, folder: pathlib.Path) -> None:
    body = send("GET", call("GetSignedArtifactURL", name=name)["signedUrl"])
    zipfile.ZipFile(io.BytesIO(body)).extractall(folder)
    print(f"Downloaded {name}: {len(body)} bytes")


def main() -> None:
    name = os.environ["INPUT_NAME"]
    if sys.argv[1] == "upload":
        upload(name)
        return
    known = [artifact["name"] for artifact in call("ListArtifacts").get("artifacts", [])]
    if name == "":
        for fitting in fnmatch.filter(known, os.environ["INPUT_PATTERN"]):
            download(fitting, FOLDER / fitting)
    elif name in known:
        download(name, FOLDER)
    else:
        sys.exit(f"Artifact not found: {name}")


main()
