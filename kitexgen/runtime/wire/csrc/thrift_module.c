/* What Python calls for Thrift; `module.c` says how. */
#include "envelope.h"
#include "module.h"
#include "reader.h"
#include "writer.h"

typedef enum { BINARY, COMPACT, NEITHER } Protocol;

/* What the one keyword argument that may be there says. */
static inline Protocol protocol_of(State *state, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (LIKELY(names == NULL))
        return BINARY;
    if (!is_only(names, state->protocol))
        return NEITHER;
    return is_word(args[count], state->binary) ? BINARY : is_word(args[count], state->compact) ? COMPACT : NEITHER;
}

/* Start `writer` and write a record. Returns the place behind it. */
static inline uint8_t *write_with(Writer *writer, State *state, uint8_t *stack, Plan **found, PyObject *record,
                                  Protocol protocol, bool splits)
{
    uint8_t *at = writer_begin_record(writer, state, stack, THRIFT, found, record);
    if (UNLIKELY(at == NULL))
        return NULL;
    writer->splits = splits;
    return LIKELY(protocol == BINARY) ? write_binary_record(writer, at, *found, record)
                                      : write_compact_record(writer, at, *found, record);
}

static PyObject *written(State *state, PyObject *record, Protocol protocol)
{
    uint8_t stack[STACK_BUFFER];
    Writer writer;
    Plan *plan;
    uint8_t *at = write_with(&writer, state, stack, &plan, record, protocol, false);
    take_hint(plan, &writer, at);
    return writer_end(&writer, at);
}

static PyObject *read_with(State *state, PyObject *cls, PyObject *data, Py_ssize_t at, Protocol protocol,
                           Py_ssize_t *end)
{
    Plan *plan = UNLIKELY(at < 0 || at > PyBytes_GET_SIZE(data)) ? NULL : plan_to_read(state, THRIFT, cls);
    if (UNLIKELY(plan == NULL))
        return NULL;
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(data);
    Reader reader = {from + at, from + PyBytes_GET_SIZE(data), state, 1};
    PyObject *record = LIKELY(protocol == BINARY) ? read_binary_record(&reader, plan)
                                                  : read_compact_record(&reader, plan);
    *end = reader.at - from;
    return record;
}

PyObject *encode(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    Protocol protocol = protocol_of(state, args, count, names);
    if (LIKELY(count == 1) && LIKELY(protocol != NEITHER)) {
        PyObject *made = written(state, args[0], protocol);
        if (LIKELY(made != NULL))
            return made;
    }
    return fall_back(state, ENCODE, args, count, names);
}

PyObject *encoded_size(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    Protocol protocol = protocol_of(state, args, count, names);
    if (count == 1 && protocol != NEITHER) {
        uint8_t stack[STACK_BUFFER];
        Writer writer;
        Plan *plan;
        uint8_t *at = write_with(&writer, state, stack, &plan, args[0], protocol, false);
        PyObject *size = writer_size(&writer, at);
        if (size != NULL)
            return size;
    }
    return fall_back(state, ENCODED_SIZE, args, count, names);
}

PyObject *decode(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    Protocol protocol = protocol_of(state, args, count, names);
    if (LIKELY(count == 2) && LIKELY(protocol != NEITHER)) {
        Py_ssize_t end = 0;
        PyObject *copy = NULL, *data = LIKELY(PyBytes_CheckExact(args[1])) ? args[1] : (copy = copied(args[1]));
        PyObject *record = LIKELY(data != NULL) ? read_with(state, args[0], data, 0, protocol, &end) : NULL;
        bool is_all = record != NULL && end == PyBytes_GET_SIZE(data);
        Py_XDECREF(copy);
        if (LIKELY(is_all))
            return record;
        Py_XDECREF(record); /* there is more behind it */
    }
    return fall_back(state, DECODE, args, count, names);
}

static PyObject *encode_with(ARGUMENTS, Function function, Protocol protocol)
{
    State *state = PyModule_GetState(module);
    PyObject *made = count == 1 && names == NULL ? written(state, args[0], protocol) : NULL;
    return LIKELY(made != NULL) ? made : fall_back(state, function, args, count, names);
}

PyObject *encode_binary(ARGUMENTS) { return encode_with(module, args, count, names, ENCODE_BINARY, BINARY); }

PyObject *encode_compact(ARGUMENTS) { return encode_with(module, args, count, names, ENCODE_COMPACT, COMPACT); }

PyObject *append_binary(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 2 && names == NULL && PyList_CheckExact(args[1])) {
        uint8_t stack[STACK_BUFFER];
        Writer writer;
        Plan *plan;
        uint8_t *at = write_with(&writer, state, stack, &plan, args[0], BINARY, true);
        take_hint(plan, &writer, at);
        if (writer_end_apart(&writer, at, args[1]) == 0)
            Py_RETURN_NONE;
    }
    return fall_back(state, APPEND_BINARY, args, count, names);
}

static PyObject *decode_with(ARGUMENTS, Function function, Protocol protocol)
{
    State *state = PyModule_GetState(module);
    Py_ssize_t at = 0, end = 0;
    if (count == 3) {
        at = PyLong_CheckExact(args[2]) ? PyLong_AsSsize_t(args[2]) : -1;
        if (at == -1)
            PyErr_Clear();
    }
    if (LIKELY(count == 2 || count == 3) && names == NULL && PyBytes_CheckExact(args[1])) {
        PyObject *record = read_with(state, args[0], args[1], at, protocol, &end);
        if (LIKELY(record != NULL)) {
            PyObject *place = PyLong_FromSsize_t(end), *pair = place != NULL ? PyTuple_New(2) : NULL;
            if (pair == NULL) {
                Py_XDECREF(place);
                Py_DECREF(record);
                return NULL;
            }
            PyTuple_SET_ITEM(pair, 0, record);
            PyTuple_SET_ITEM(pair, 1, place);
            return pair;
        }
    }
    return fall_back(state, function, args, count, names);
}

PyObject *decode_binary(ARGUMENTS) { return decode_with(module, args, count, names, DECODE_BINARY, BINARY); }

PyObject *decode_compact(ARGUMENTS) { return decode_with(module, args, count, names, DECODE_COMPACT, COMPACT); }

PyObject *write_message_begin(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 4 && names == NULL && !state->paused && is_word(args[0], state->binary)) {
        PyObject *made = binary_message_begin(args[1], args[2], args[3]);
        if (made != NULL)
            return made;
    }
    return fall_back(state, WRITE_MESSAGE_BEGIN, args, count, names);
}

PyObject *read_message_begin(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if ((count == 2 || count == 3) && names == NULL && !state->paused && is_word(args[0], state->binary)
        && PyBytes_CheckExact(args[1])) {
        Py_ssize_t at = count == 3 && PyLong_CheckExact(args[2]) ? PyLong_AsSsize_t(args[2]) : count == 3 ? -1 : 0;
        PyObject *made = state->begin_type != NULL ? binary_message_open(state, args[1], at) : NULL;
        if (made != NULL)
            return made;
    }
    return fall_back(state, READ_MESSAGE_BEGIN, args, count, names);
}
