"""The bucket for uploaded files."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from config.bucket import ensure_bucket
from config.storage import file_storage

WHERE = {
    "bucket": "b",
    "endpoint": "http://storage:8333",
    "region": "r",
    "access_key": "a",
    "secret_key": "s",
}


@pytest.fixture
def storage() -> Stubber:
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="s")
    with Stubber(client) as stub:
        yield stub


def test_it_works(storage: Stubber) -> None:
    storage.add_client_error("head_bucket", "404", http_status_code=404)
    storage.add_response("create_bucket", {}, {"Bucket": "touchstone"})
    assert ensure_bucket(storage.client, "touchstone") is True
    storage.assert_no_pending_responses()


def test_an_existing_bucket_is_left_alone(storage: Stubber) -> None:
    storage.add_response("head_bucket", {}, {"Bucket": "touchstone"})
    assert ensure_bucket(storage.client, "touchstone") is False


def test_somebody_elses_bucket_is_an_error(storage: Stubber) -> None:
    storage.add_client_error("head_bucket", "403", http_status_code=403)
    with pytest.raises(ClientError):
        ensure_bucket(storage.client, "touchstone")


def test_a_bucket_is_private_and_overwrites_nothing() -> None:
    options = file_storage(**WHERE)["OPTIONS"]
    assert options["querystring_auth"] is True
    assert options["default_acl"] is None
    assert options["file_overwrite"] is False


def test_without_a_bucket_it_is_a_folder() -> None:
    assert file_storage(**(WHERE | {"bucket": ""}))["BACKEND"].endswith("FileSystemStorage")
