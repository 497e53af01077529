/* What the writers of messages, and of the lists and maps in them, need of each other. */
#ifndef KX_PROTO_WRITE_H
#define KX_PROTO_WRITE_H

#include "proto.h"
#include "proto_varint.h"
#include "strings.h"
#include "writer.h"

/* A message without tag and length. */
uint8_t *write_message(Writer *writer, uint8_t *at, Plan *plan, PyObject *record);

/* A message of the type of a field, behind its tag: with its length, or up to the end of its group. */
uint8_t *write_message_within(Writer *writer, uint8_t *at, Type *type, const Field *field, PyObject *record);

/* Repeated fields, tags and all; `field->type` is a list or map. */
uint8_t *write_repeated(Writer *writer, uint8_t *at, const Field *field, PyObject *value);

/* The same of an array, or of what has its numbers as one has them. */
uint8_t *write_array(Writer *writer, uint8_t *at, const Field *field, PyObject *value);

/* A string that is not plain ASCII, or bytes, with `slack` more bytes of room behind. */
uint8_t *write_other_text(Writer *writer, uint8_t *at, int kind, PyObject *value, Py_ssize_t slack);

/* What has a length stands behind that, whose size is only known when the rest is written: room is left for as many
 * bytes as the last one of its type took, and if that was wrong the rest is moved. Lengths mostly stay as wide as they
 * were, and to move a message costs little beside writing it; to measure it first cost as much as writing.
 */
typedef struct {
    Py_ssize_t start; /* from the beginning of the buffer, which may move */
    int width;
} Length;

static inline uint8_t *length_open(Writer *writer, uint8_t *at, const Type *type, Length *length)
{
    length->start = at - writer->base;
    length->width = type->width;
    return at + length->width;
}

uint8_t *length_move(Writer *writer, uint8_t *at, Type *type, const Length *length);

static inline uint8_t *length_close(Writer *writer, uint8_t *at, Type *type, const Length *length)
{
    uint8_t *place = writer->base + length->start;
    Py_ssize_t size = at - place - length->width;
    if (LIKELY(size < 0x80) && LIKELY(length->width == 1)) {
        *place = (uint8_t)size;
        return at;
    }
    return length_move(writer, at, type, length);
}

static inline uint8_t *tag_write(uint8_t *at, const Field *field)
{
    memcpy(at, field->tag_bytes, TAG_ROOM);
    return at + field->tag_size;
}

/* A string with its length, with `slack` more bytes of room behind. */
static inline uint8_t *write_string(Writer *writer, uint8_t *at, int kind, PyObject *value, Py_ssize_t slack)
{
    if (!is_plain_text(value))
        return write_other_text(writer, at, kind, value, slack);
    Py_ssize_t size = PyUnicode_GET_LENGTH(value);
    if (UNLIKELY(size > MAX_LENGTH))
        return NULL;
    at = room(writer, at, NUMBER_ROOM + size + slack);
    if (UNLIKELY(at == NULL))
        return NULL;
    at = varint_write(at, (uint64_t)size);
    copy_short(at, ascii_text(value), size);
    return at + size;
}

static inline uint8_t *write_text_kind(Writer *writer, uint8_t *at, int kind, PyObject *value, Py_ssize_t slack)
{
    return kind == P_BYTES ? write_other_text(writer, at, kind, value, slack)
                           : write_string(writer, at, kind, value, slack);
}

#endif
