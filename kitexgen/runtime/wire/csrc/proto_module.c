/* What Python calls for Protobuf; `module.c` says how. */
#include "module.h"
#include "proto_read.h"
#include "proto_write.h"

/* What the one keyword argument that may be there says; -1 for another one, or what is no bool. */
static inline int deterministic_of(State *state, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (LIKELY(names == NULL))
        return false;
    if (!is_only(names, state->deterministic))
        return -1;
    return args[count] == Py_True ? true : args[count] == Py_False ? false : -1;
}

/* Start `writer` and write a message. Returns the place behind it. */
static inline uint8_t *write_with(Writer *writer, State *state, uint8_t *stack, Plan **found, PyObject *message,
                                  bool sorted)
{
    uint8_t *at = writer_begin_record(writer, state, stack, PROTOBUF, found, message);
    if (UNLIKELY(at == NULL))
        return NULL;
    writer->sorted = sorted;
    at = write_message(writer, at, *found, message);
    return LIKELY(at != NULL) && at - writer->base > MAX_LENGTH ? NULL : at;
}

static PyObject *written(State *state, PyObject *message, bool sorted)
{
    uint8_t stack[STACK_BUFFER];
    Writer writer;
    Plan *plan;
    uint8_t *at = write_with(&writer, state, stack, &plan, message, sorted);
    take_hint(plan, &writer, at);
    return writer_end(&writer, at);
}

static inline PyObject *encode_with(ARGUMENTS, Function function)
{
    State *state = PyModule_GetState(module);
    int sorted = deterministic_of(state, args, count, names);
    PyObject *made = LIKELY(count == 1) && LIKELY(sorted >= 0) ? written(state, args[0], sorted) : NULL;
    return LIKELY(made != NULL) ? made : fall_back(state, function, args, count, names);
}

PyObject *encode_message(ARGUMENTS) { return encode_with(module, args, count, names, ENCODE_MESSAGE); }

PyObject *encode_protobuf(ARGUMENTS) { return encode_with(module, args, count, names, ENCODE_PROTOBUF); }

PyObject *append_protobuf(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 2 && names == NULL && PyList_CheckExact(args[1])) {
        PyObject *made = written(state, args[0], false);
        if (made != NULL) {
            int status = PyList_Append(args[1], made);
            Py_DECREF(made);
            if (status < 0)
                return NULL;
            Py_RETURN_NONE;
        }
    }
    return fall_back(state, APPEND_PROTOBUF, args, count, names);
}

PyObject *message_size(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 1 && names == NULL) {
        uint8_t stack[STACK_BUFFER];
        Writer writer;
        Plan *plan;
        uint8_t *at = write_with(&writer, state, stack, &plan, args[0], false);
        PyObject *size = writer_size(&writer, at);
        if (size != NULL)
            return size;
    }
    return fall_back(state, MESSAGE_SIZE, args, count, names);
}

static PyObject *read_all(State *state, PyObject *cls, PyObject *data)
{
    Plan *plan = UNLIKELY(PyBytes_GET_SIZE(data) > MAX_LENGTH) ? NULL : plan_to_read(state, PROTOBUF, cls);
    if (UNLIKELY(plan == NULL))
        return NULL;
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(data);
    ProtoReader reader = {state, READ_DEPTH};
    PyObject *record = NULL;
    read_message(&reader, plan, from, from + PyBytes_GET_SIZE(data), 0, &record);
    return record;
}

PyObject *decode_message(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (LIKELY(count == 2) && LIKELY(names == NULL)) {
        PyObject *copy = NULL, *data = LIKELY(PyBytes_CheckExact(args[1])) ? args[1] : (copy = copied(args[1]));
        PyObject *record = LIKELY(data != NULL) ? read_all(state, args[0], data) : NULL;
        Py_XDECREF(copy);
        if (LIKELY(record != NULL))
            return record;
    }
    return fall_back(state, DECODE_MESSAGE, args, count, names);
}

PyObject *decode_protobuf(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (LIKELY(count == 2) && LIKELY(names == NULL) && PyBytes_CheckExact(args[1])) {
        PyObject *record = read_all(state, args[0], args[1]);
        if (LIKELY(record != NULL))
            return record;
    }
    return fall_back(state, DECODE_PROTOBUF, args, count, names);
}
