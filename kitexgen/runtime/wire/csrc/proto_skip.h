/* Past a field of Protobuf that is not known. */
#ifndef KX_PROTO_SKIP_H
#define KX_PROTO_SKIP_H

#include "compat.h"

/* Where the value ends whose tag stood before `at`; NULL when it does not end before `end`, has no such wire type, or
 * has more than `depth` groups within each other, itself one of them.
 */
const uint8_t *skip_proto(const uint8_t *at, const uint8_t *end, uint32_t tag, int depth);

/* Whether `size` bytes are whole fields, as unknown ones are kept. */
bool are_proto_fields(const uint8_t *at, Py_ssize_t size);

#endif
