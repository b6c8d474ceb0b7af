"""The configuration of the demo: the same form as anybody's, with the addresses of the sites that are up."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from yuqing.demo.world import Site

CONFIG_NAME = "yuqing.yaml"


def config_text(base_urls: Mapping[Site, str], smtp_port: int) -> str:
    """The text of yuqing.yaml for sites at these addresses and a mail server on this loopback port. Pure."""
    template = Template((files("yuqing.demo") / "texts" / "config.yaml").read_text("utf-8"))
    addresses = {str(site): url for site, url in base_urls.items()}
    return template.safe_substitute(addresses, smtp_port=smtp_port)


def write_config(folder: Path, base_urls: Mapping[Site, str], smtp_port: int) -> Path:
    """Write the demo's yuqing.yaml into the folder and return where it is. Raises OSError."""
    path = folder / CONFIG_NAME
    path.write_text(config_text(base_urls, smtp_port), "utf-8")
    return path
