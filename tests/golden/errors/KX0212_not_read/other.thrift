include "main.thrift"

struct Yours {
  1: main.Mine mine
}
