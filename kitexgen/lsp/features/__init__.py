"""What the server can do, one feature a file: each a function of the workspace and the parameters of the request.

None of them does input or output of its own but through the workspace; what goes wrong inside is caught by the server.
"""
