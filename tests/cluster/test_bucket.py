"""From a bucket to a bucket: the same on a real S3 server."""

from pathlib import Path

import pytest

pytest.importorskip("ray")
moto = pytest.importorskip("moto.server")
fs = pytest.importorskip("pyarrow.fs")
parquet = pytest.importorskip("pyarrow.parquet")

from earmark.cluster.batch import batch  # noqa: E402
from earmark.errors import ClusterError  # noqa: E402
from earmark.examples import example_path  # noqa: E402


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch):
    """A server with two buckets, of which one has music, and how an address of it looks."""
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    where = f"?scheme=http&endpoint_override={host}:{port}&region=us-east-1"
    system, _ = fs.FileSystem.from_uri(f"s3://music{where}&allow_bucket_creation=true")
    for name in ("music", "heard"):
        system.create_dir(name)
    for name in ("band", "strings"):
        with system.open_output_stream(f"music/deep/{name}.ogg") as file:
            file.write(example_path(name).read_bytes())
    with system.open_output_stream("music/broken.mp3") as file:
        file.write(b"no sound")
    yield system, where
    server.stop()


def test_a_bucket_of_music_becomes_a_bucket_of_tables(bucket, tmp_path: Path) -> None:
    system, where = bucket
    total = batch(f"s3://music{where}", f"s3://heard/run{where}", model="small", partitions=2)
    assert (total.count, total.failures) == (3, 1)
    tables = [
        parquet.read_table(f"heard/run/part-{number:05d}.parquet", filesystem=system)
        for number in range(2)
    ]
    found = {row["path"]: row for table in tables for row in table.to_pylist()}
    assert len(found) == 3
    band = found[f"s3://music/deep/band.ogg{where}"]
    assert band["seconds"] == pytest.approx(33.755, abs=0.01)
    assert "rock" in [tag["tag"] for tag in band["tags"]]
    assert "not a sound" in found[f"s3://music/broken.mp3{where}"]["error"]
    again = batch(f"s3://music{where}", f"s3://heard/run{where}", model="small", partitions=2)
    assert again.finished_before == 2
    with pytest.raises(ClusterError, match="nowhere"):
        batch(f"s3://nowhere{where}", str(tmp_path), model="small")
    with pytest.raises(ClusterError, match="cannot be"):
        batch(f"s3://music{where}", f"s3://nowhere/run{where}", model="small")
