namespace py demo
struct Empty {}
