"""Make the bucket for uploaded files if there is none: `python -m config.bucket`, at installation."""

import os
from typing import Any

import django
from botocore.exceptions import ClientError


def ensure_bucket(client: Any, name: str) -> bool:
    """Return whether the bucket had to be made; raises ClientError for any answer but "not found"."""
    try:
        client.head_bucket(Bucket=name)
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise
        client.create_bucket(Bucket=name)
        return True
    return False


def main() -> None:
    """Ask the storage of the settings; with a folder there is nothing to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.files.storage import default_storage

    bucket = getattr(default_storage, "bucket_name", None)
    if bucket:
        ensure_bucket(default_storage.connection.meta.client, bucket)  # type: ignore[attr-defined]  # S3Storage


if __name__ == "__main__":
    main()
