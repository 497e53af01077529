include "a.b.thrift"

const a.b.Color FAVOURITE = a.b.Color.RED
