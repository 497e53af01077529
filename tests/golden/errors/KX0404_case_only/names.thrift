namespace py demo

typedef string Name
