namespace py demo.main

typedef string Name
