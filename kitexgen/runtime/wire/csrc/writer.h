/* The buffer that records are written into.
 *
 * It starts on the stack, or, for a class whose last record was large, as `bytes` of that size; what is too large for
 * it moves into `bytes` that grow. The place of writing travels by value, since a byte stored through a pointer might
 * as well change the writer, and would be read again after each. Functions return the place behind what they wrote,
 * NULL when they give up: with an exception set when it is for good, with none when the careful codec shall try.
 */
#ifndef KX_WRITER_H
#define KX_WRITER_H

#include "registry.h"
#include "wire.h"

#define STACK_BUFFER 2048

typedef struct {
    uint8_t *base, *end;
    PyObject *bytes; /* NULL while `base` is on the stack */
    PyObject *apart; /* places and objects in turns, see `writer_set_apart`; NULL while there are none */
    State *state;
    int depth;
    bool splits; /* whether large bytes are set apart instead of copied */
    bool sorted; /* entries of Protobuf's maps must not stand in any order */
} Writer;

/* From so many bytes on an object travels as it is; as `LARGE` of kitexgen.runtime.buffer.pieces. */
#define LARGE 4096

/* Start in `stack`, of STACK_BUFFER bytes, or in bytes of the size `hint`. */
uint8_t *writer_begin(Writer *writer, State *state, uint8_t *stack, Py_ssize_t hint);

/* The same for `record`, whose plan is looked up. */
static inline uint8_t *writer_begin_record(Writer *writer, State *state, uint8_t *stack, Family family, Plan **plan,
                                           PyObject *record)
{
    writer->bytes = writer->apart = NULL;
    *plan = UNLIKELY(state->paused) ? NULL : plan_of(state, family, Py_TYPE(record));
    if (UNLIKELY(*plan == NULL))
        return NULL;
    uint8_t *at = writer_begin(writer, state, stack, (*plan)->hint);
    writer->depth = 1;
    return at;
}

/* Let `value`, exact bytes, follow what is written so far without a copy; gives `at`. */
uint8_t *writer_set_apart(Writer *writer, uint8_t *at, PyObject *value);

/* Append to the list `pieces` what was written up to `at`, and what was set apart. -1 when that fails: then the list is
 * as it was.
 */
int writer_end_apart(Writer *writer, uint8_t *at, PyObject *pieces);

/* Remember how large a record of this class was. */
static inline void take_hint(Plan *plan, const Writer *writer, const uint8_t *at)
{
    if (LIKELY(at != NULL)) {
        Py_ssize_t size = at - writer->base, hint = size > STACK_BUFFER / 2 ? size + size / 16 + plan->reserve : 0;
        if (UNLIKELY(plan->hint != hint))
            plan->hint = hint;
    }
}

/* Make room for `need` more bytes at `at`. */
uint8_t *writer_grow(Writer *writer, uint8_t *at, Py_ssize_t need);

/* The bytes up to `at`; frees them when that is NULL. */
PyObject *writer_end(Writer *writer, uint8_t *at);

/* How many bytes they are, as Python has it; likewise. */
PyObject *writer_size(Writer *writer, uint8_t *at);

static inline uint8_t *room(Writer *writer, uint8_t *at, Py_ssize_t need)
{
    return LIKELY(writer->end - at >= need) ? at : writer_grow(writer, at, need);
}

/* Whether the value is the field's default; -1: the careful codec shall say. */
int is_default(const Field *field, PyObject *value);

/* Whether a field is not written; -1 as above. */
static inline int is_left_out(const Field *field, PyObject *value)
{
    return field->presence == UNLESS_NONE ? value == Py_None : is_default(field, value);
}

#define WRITTEN_RECORD(name) uint8_t *name(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
WRITTEN_RECORD(write_binary_record);
WRITTEN_RECORD(write_compact_record);

/* Whether exactly one field of a union is set, or none of those we know where unknown fields are kept. */
bool union_is_right(const Plan *plan, PyObject *record);

#endif
