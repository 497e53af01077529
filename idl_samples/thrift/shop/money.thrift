// Amounts, shared by every file of the shop.
namespace py shop.money
namespace go shop.money

/** ISO 4217 code of a currency. */
typedef string CurrencyCode

const CurrencyCode DEFAULT_CURRENCY = "EUR"

/** An amount of money: `units` whole ones and `cents` hundredths. */
struct Amount {
  1: required i64 units
  2: i32 cents = 0
  3: CurrencyCode currency = DEFAULT_CURRENCY
}
