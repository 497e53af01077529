namespace py demo.base
namespace go demo.base

enum Kind { A, B }

const Kind DEFAULT = Kind.A

struct Owner {
  1: string mail (vt.contains = "@")
}
