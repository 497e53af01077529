// Buying. Uses the catalog, and extends its base service across files.
namespace py shop.orders
namespace go shop.orders

include "catalog.thrift"
include "money.thrift"

const i32 MAX_LINES = 100

enum OrderState {
  NEW = 1
  PAID = 2
  SHIPPED = 3
}

struct OrderLine {
  1: required catalog.ProductId product
  2: required i32 quantity
}

/** How the customer pays; exactly one of these. */
union Payment {
  1: string card_token
  2: string invoice_address
}

struct Order {
  1: required string id
  2: required list<OrderLine> lines
  3: OrderState state = OrderState.NEW
  4: required money.Amount total
  5: required Payment payment
  6: map<string, string> notes
}

exception OrderRefused {
  1: required string reason
  2: optional OrderLine line
}

service Orders extends catalog.Base {
  /** Places an order. */
  Order placeOrder(1: list<OrderLine> lines, 2: Payment payment)
      throws (1: OrderRefused refused, 2: catalog.ProductNotFound not_found)

  Order getOrder(1: string id) throws (1: OrderRefused refused)

  void cancelOrder(1: string id) throws (1: OrderRefused refused)

  /** Tells that a customer looked at a product. Nobody waits for an answer. */
  oneway void viewed(1: catalog.ProductId product)
}
