"""How others join in: plugins get the schema, and give files and diagnostics."""

from kitexgen.plugins.api import OutputFile, Plugin, PluginRequest, PluginResponse, PythonName, PythonNames

__all__ = ["OutputFile", "Plugin", "PluginRequest", "PluginResponse", "PythonName", "PythonNames"]
