"""One run of the compiler over real files.

Nothing is gathered here: `import kitexgen.driver.cache`, all that an unchanged run needs, would load the compiler.
"""

__all__: list[str] = []
