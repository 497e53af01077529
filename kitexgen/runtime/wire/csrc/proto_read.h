/* What the readers of messages, and of the lists and maps in them, need of each other.
 *
 * The place of reading travels by value. Functions return the place behind what they read, NULL when they give up, as
 * those of `writer.h` do; `end` is that of the message that they are in, and no byte at or past it is looked at.
 */
#ifndef KX_PROTO_READ_H
#define KX_PROTO_READ_H

#include "proto.h"
#include "proto_varint.h"
#include "reader.h"
#include "strings.h"

typedef struct {
    State *state;
    int depth; /* messages, groups and entries that may still be opened within each other */
} ProtoReader;

/* A new message in `*record`. `group` is the number of the group that it is, 0 for what ends at `end`. */
const uint8_t *read_message(ProtoReader *reader, Plan *plan, const uint8_t *at, const uint8_t *end, uint32_t group,
                            PyObject **record);

/* A message of the type of a field, behind its tag: a new one where `*record` is NULL, otherwise more of that. */
const uint8_t *read_message_within(ProtoReader *reader, Type *type, const uint8_t *at, const uint8_t *end,
                                   uint32_t tag, PyObject **record);

/* A single value of any kind. `*value` may have one, which a message is read into. It is None for a number that a
 * closed enum does not know.
 */
const uint8_t *read_single(ProtoReader *reader, Type *type, const uint8_t *at, const uint8_t *end, uint32_t tag,
                           PyObject **value);

/* Elements of a list into `list`: the one behind `tag`, and those that follow with the same tag; or a packed block. */
const uint8_t *read_elements(ProtoReader *reader, const Field *field, const uint8_t *start, const uint8_t *at,
                             const uint8_t *end, uint32_t tag, PyObject *list, Unknown *unknown);
const uint8_t *read_packed(ProtoReader *reader, const Field *field, const uint8_t *at, const uint8_t *end,
                           PyObject **list, Unknown *unknown);

/* The same where `*array` is an array, NULL before there is one. */
const uint8_t *read_array(ProtoReader *reader, const Field *field, const uint8_t *start, const uint8_t *at,
                          const uint8_t *end, uint32_t tag, PyObject **array);

/* An entry of a map, and those that follow, into `map`. `start` is the place of the first one's tag. */
const uint8_t *read_entries(ProtoReader *reader, const Field *field, const uint8_t *start, const uint8_t *at,
                            const uint8_t *end, PyObject *map, Unknown *unknown);

/* Whether the tag of `field` comes next; `*at` moves behind it then. */
static inline bool comes_again(const Field *field, const uint8_t **at, const uint8_t *end)
{
    int size = field->tag_size;
    if (end - *at < size || **at != field->tag_bytes[0]
        || (size > 1 && memcmp(*at, field->tag_bytes, (size_t)size) != 0))
        return false;
    *at += size;
    return true;
}

/* Text, which has to be UTF-8 when it is checked. */
static inline PyObject *proto_text_new(const uint8_t *from, Py_ssize_t size, int kind)
{
    if (LIKELY(size >= 2)) {
        PyObject *made = ascii_new(size);
        if (UNLIKELY(made == NULL))
            return NULL;
        if (LIKELY(copy_ascii(ascii_text(made), from, size)))
            return made;
        ascii_drop(made);
    }
    return kind == P_STRING ? PyUnicode_DecodeUTF8((const char *)from, size, NULL) : text_of_any(from, size);
}

#endif
