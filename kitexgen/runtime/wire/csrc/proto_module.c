/* What Python calls for Protobuf; `module.c` says how. */
#include "module.h"
#include "proto_read.h"
#include "proto_write.h"

/* What the one keyword argument that may be there says; -1 for another one, or what is no bool. */
static inline int deterministic_of(State *state, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (LIKELY(names == NULL))
        return false;
    if (PyTuple_GET_SIZE(names) != 1 || !is_word(PyTuple_GET_ITEM(names, 0), state->deterministic))
        return -1;
    return args[count] == Py_True ? true : args[count] == Py_False ? false : -1;
}

/* Start `writer` and write a message. Returns the place behind it. */
static inline uint8_t *write_with(Writer *writer, State *state, uint8_t *stack, Plan **found, PyObject *message,
                                  bool sorted)
{
    writer->bytes = NULL;
    Plan *plan = *found = UNLIKELY(state->paused) ? NULL : plan_of(state, PROTOBUF, Py_TYPE(message));
    if (UNLIKELY(plan == NULL))
        return NULL;
    uint8_t *at = writer_begin(writer, state, stack, plan->hint);
    if (UNLIKELY(at == NULL))
        return NULL;
    writer->depth = 1;
    writer->sorted = sorted;
    at = write_message(writer, at, plan, message);
    return LIKELY(at != NULL) && at - writer->base > MAX_LENGTH ? NULL : at;
}

static PyObject *written(State *state, PyObject *message, bool sorted)
{
    uint8_t stack[STACK_BUFFER];
    Writer writer;
    Plan *plan;
    uint8_t *at = write_with(&writer, state, stack, &plan, message, sorted);
    if (LIKELY(at != NULL)) {
        Py_ssize_t size = at - writer.base, hint = size > STACK_BUFFER / 2 ? size + size / 16 + plan->reserve : 0;
        if (UNLIKELY(plan->hint != hint))
            plan->hint = hint;
    }
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
        Py_ssize_t size = at != NULL ? at - writer.base : -1;
        Py_CLEAR(writer.bytes);
        if (size >= 0)
            return PyLong_FromSsize_t(size);
    }
    return fall_back(state, MESSAGE_SIZE, args, count, names);
}

static PyObject *read_all(State *state, PyObject *cls, PyObject *data)
{
    if (UNLIKELY(state->paused) || UNLIKELY(!PyType_Check(cls)) || PyBytes_GET_SIZE(data) > MAX_LENGTH)
        return NULL;
    Plan *plan = plan_of(state, PROTOBUF, (PyTypeObject *)cls);
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
        PyObject *record = NULL, *data = args[1];
        if (LIKELY(PyBytes_CheckExact(data)))
            record = read_all(state, args[0], data);
        else if (PyByteArray_Check(data) || PyMemoryView_Check(data)) {
            /* A copy: what others may change while we read cannot be held against its end. */
            data = PyBytes_FromObject(data);
            if (data != NULL)
                record = read_all(state, args[0], data);
            Py_XDECREF(data);
        }
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
