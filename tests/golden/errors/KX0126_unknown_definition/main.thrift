strcut User {
  1: i64 id
}

class Order {
  1: i64 id
}

interface Shop {
}
