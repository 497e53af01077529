"""kitexgen: the Kitex toolchain for Python."""

__version__ = "0.1.0"
