"""Loads plugins and hands over what they declare."""

from mlgate.host.facade import Host, PluginInfo
from mlgate.host.loading import load_host

__all__ = ["Host", "PluginInfo", "load_host"]
