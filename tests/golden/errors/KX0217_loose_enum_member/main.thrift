include "shared.thrift"

const shared.Color FIRST = shared.RED
const shared.Color SECOND = Color.RED
