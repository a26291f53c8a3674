#!/usr/bin/env python3
"""A program for Tallyman that uses prometheus_client and its own text-file writer."""

import argparse
import os
import shutil

from prometheus_client import CollectorRegistry, Gauge, Histogram, write_to_textfile

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--path", action="append", help="a folder of the file system, more than once for several")
paths = parser.parse_args().path or ["/"]

registry = CollectorRegistry()
size = Gauge("disk_size_bytes", "Size of the file system.", ["path"], registry=registry)
used = Gauge("disk_used_bytes", "Used bytes of the file system.", ["path"], registry=registry)
duration = Histogram("disk_probe_seconds", "Time that a look at a file system takes.", registry=registry)

for path in paths:
    with duration.time():
        usage = shutil.disk_usage(path)
    size.labels(path).set(usage.total)
    used.labels(path).set(usage.used)

# It writes beside the file and puts that in its place.
write_to_textfile(os.environ["METRICS_FILE"], registry)
