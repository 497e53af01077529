/* A client's usual call: its request out of a form that is made once a method, and the values of answers that tell
 * nothing else.
 *
 * What is not usual is left to Python before anything of it was taken: see kitexgen.runtime.protocol.usual_call.
 */
#include "module.h"
#include "reader.h"
#include "strings.h"
#include "writer.h"

#define BINARY_BEGIN 0x8001
#define HEADER_MAGIC 0x1000
#define HEADER_PREFIX 14 /* bytes before the info area */

/* ---- requests ------------------------------------------------------------------------------------------------- */

static Py_ssize_t size_apart(const Writer *writer)
{
    Py_ssize_t size = 0;
    for (Py_ssize_t at = 1; writer->apart != NULL && at < PyList_GET_SIZE(writer->apart); at += 2)
        size += PyBytes_GET_SIZE(PyList_GET_ITEM(writer->apart, at));
    return size;
}

/* The pieces of the request; NULL, perhaps without an exception, when it is left to Python. */
static PyObject *usual_request(State *state, PyObject *form, PyObject *sequence, PyObject *arguments)
{
    PyObject *head = PyTuple_GET_ITEM(form, 0);
    Py_ssize_t size = PyBytes_GET_SIZE(head), header = PyLong_AsSsize_t(PyTuple_GET_ITEM(form, 1));
    Py_ssize_t limit = PyLong_AsSsize_t(PyTuple_GET_ITEM(form, 2));
    int64_t number;
    if (PyErr_Occurred() || header < 0 || size < header + 8 || !int_value(sequence, &number)
        || number != (int32_t)number)
        return NULL;
    Plan *plan = plan_of(state, THRIFT, Py_TYPE(arguments));
    if (UNLIKELY(plan == NULL))
        return NULL;
    uint8_t stack[STACK_BUFFER];
    Writer writer;
    uint8_t *at = writer_begin(&writer, state, stack, plan->hint);
    if (LIKELY(at != NULL))
        at = room(&writer, at, size);
    if (LIKELY(at != NULL)) {
        memcpy(at, PyBytes_AS_STRING(head), (size_t)size);
        writer.depth = 1;
        writer.splits = true;
        at = write_binary_record(&writer, at + size, plan, arguments);
        take_hint(plan, &writer, at);
    }
    Py_ssize_t total = at != NULL ? at - writer.base + size_apart(&writer) : 0;
    if (UNLIKELY(at == NULL) || UNLIKELY(total > limit)) {
        Py_CLEAR(writer.bytes);
        Py_CLEAR(writer.apart);
        return NULL;
    }
    if (header > 0) {
        put32(writer.base, (uint32_t)(total - 4));
        put32(writer.base + 8, (uint32_t)number);
    }
    /* Either the length of the message, or, where there is none, the first bytes of the envelope. */
    if (get16(writer.base + header) != BINARY_BEGIN)
        put32(writer.base + header, (uint32_t)(total - header - 4));
    put32(writer.base + size - 4, (uint32_t)number);
    PyObject *pieces = PyList_New(0);
    if (pieces == NULL || writer_end_apart(&writer, at, pieces) < 0)
        Py_CLEAR(pieces);
    return pieces;
}

PyObject *write_usual_call(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 3 && names == NULL && !state->paused && PyTuple_CheckExact(args[0]) && PyTuple_GET_SIZE(args[0]) == 3
        && PyBytes_CheckExact(PyTuple_GET_ITEM(args[0], 0)) && PyLong_CheckExact(args[1])) {
        PyObject *pieces = usual_request(state, args[0], args[1], args[2]);
        if (LIKELY(pieces != NULL))
            return pieces;
    }
    return fall_back(state, WRITE_USUAL_CALL, args, count, names);
}

/* ---- answers -------------------------------------------------------------------------------------------------- */

typedef struct {
    const uint8_t *message, *end; /* the message alone, and where the next one begins */
    uint32_t sequence;            /* of the TTHeader, if there is one */
} Frame;

/* Find the message that begins at `at`, if it is all there, of Thrift Binary, and of `limit` bytes at most. */
static bool find_framed(const uint8_t *at, const uint8_t *end, Py_ssize_t limit, Frame *frame)
{
    if (end - at < 6 || get16(at + 4) != BINARY_BEGIN)
        return false;
    uint32_t size = get32(at);
    if (size > limit || (int64_t)size > end - at - 4)
        return false;
    frame->message = at + 4;
    frame->end = at + 4 + size;
    return true;
}

/* The same behind a TTHeader whose info area is `plain`. */
static bool find_behind_header(const uint8_t *at, const uint8_t *end, PyObject *plain, Py_ssize_t limit, Frame *frame)
{
    Py_ssize_t info = PyBytes_GET_SIZE(plain);
    if (end - at < HEADER_PREFIX + info + 6 || get16(at + 4) != HEADER_MAGIC || get16(at + 6) != 0)
        return false;
    uint32_t size = get32(at);
    const uint8_t *message = at + HEADER_PREFIX + info;
    if ((int64_t)size > end - at - 4 || (Py_ssize_t)size < HEADER_PREFIX + info + 2
        || 4 * (Py_ssize_t)get16(at + 12) != info || info == 0
        || memcmp(at + HEADER_PREFIX, PyBytes_AS_STRING(plain), (size_t)info) != 0)
        return false;
    frame->sequence = get32(at + 8);
    frame->end = at + 4 + size;
    if (get16(message) != BINARY_BEGIN) {
        if (frame->end - message < 6 || (int64_t)get32(message) != frame->end - message - 4
            || get16(message + 4) != BINARY_BEGIN)
            return false;
        message += 4;
    }
    frame->message = message;
    return frame->end - message <= limit;
}

/* The value in a result record; NULL, without an exception, when it has none, or a declared exception besides. */
static PyObject *result_value(const Plan *plan, PyObject *result)
{
    PyObject *value = NULL;
    bool has_value = false;
    for (const Field *field = plan->fields; field < plan->fields + plan->count; field++) {
        PyObject *found = *slot_of(result, field->offset);
        if (field->id == 0) {
            has_value = true;
            value = found;
        }
        else if (found != Py_None)
            return NULL;
    }
    if (!has_value)
        return Py_NewRef(Py_None);
    return value == Py_None ? NULL : Py_XNewRef(value);
}

/* The value of the reply in `frame` to the call with `sequence`; NULL, perhaps with an exception, for all else. */
static PyObject *frame_value(State *state, const Frame *frame, PyObject *opening, uint32_t sequence)
{
    PyObject *head = PyTuple_GET_ITEM(opening, 0), *cls = PyTuple_GET_ITEM(opening, 1);
    Py_ssize_t size = PyBytes_GET_SIZE(head);
    if (frame->end - frame->message < size + 4 || memcmp(frame->message, PyBytes_AS_STRING(head), (size_t)size) != 0
        || get32(frame->message + size) != sequence)
        return NULL;
    Plan *plan = plan_of(state, THRIFT, (PyTypeObject *)cls);
    if (UNLIKELY(plan == NULL))
        return NULL;
    Reader reader = {frame->message + size + 4, frame->end, state, 1};
    PyObject *result = read_binary_record(&reader, plan);
    if (UNLIKELY(result == NULL))
        return NULL;
    PyObject *value = result_value(plan, result);
    Py_DECREF(result);
    return value;
}

/* Whether `opening` is what a reply is opened with: the beginning of its envelope, and the class of its result. */
static inline bool is_opening(PyObject *opening)
{
    return PyTuple_CheckExact(opening) && PyTuple_GET_SIZE(opening) == 2
           && PyBytes_CheckExact(PyTuple_GET_ITEM(opening, 0)) && PyType_Check(PyTuple_GET_ITEM(opening, 1));
}

PyObject *open_usual_answer(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 5 && names == NULL && !state->paused && PyBytes_CheckExact(args[0]) && PyLong_CheckExact(args[1])
        && is_opening(args[2]) && PyBytes_CheckExact(args[3]) && PyLong_CheckExact(args[4])) {
        const uint8_t *at = (const uint8_t *)PyBytes_AS_STRING(args[0]), *end = at + PyBytes_GET_SIZE(args[0]);
        Py_ssize_t limit = PyLong_AsSsize_t(args[4]);
        int64_t sequence;
        Frame frame;
        if (int_value(args[1], &sequence)
            && (find_framed(at, end, limit, &frame) || find_behind_header(at, end, args[3], limit, &frame))
            && frame.end == end) {
            PyObject *value = frame_value(state, &frame, args[2], (uint32_t)sequence);
            if (LIKELY(value != NULL))
                return value;
        }
        if (!is_final())
            Py_RETURN_NOTIMPLEMENTED;
        return NULL;
    }
    return fall_back(state, OPEN_USUAL_ANSWER, args, count, names);
}

/* Give `value`, which is taken over, to a future; one that was cancelled meanwhile has no use for it. */
static int settle(State *state, PyObject *future, PyObject *value)
{
    PyObject *done = PyObject_CallMethodOneArg(future, state->set_result, value);
    Py_DECREF(value);
    Py_XDECREF(done);
    return done == NULL && is_final() ? -1 : 0;
}

/* Answer the call that the message at `at` is for. 1 when that was done, 0 when it is left alone, -1 on error. */
static int answer_one(State *state, const uint8_t **at, const uint8_t *end, PyObject *waiting, PyObject *plain,
                      Py_ssize_t limit)
{
    Frame frame;
    if (!find_behind_header(*at, end, plain, limit, &frame))
        return 0;
    PyObject *sequence = PyLong_FromLong((int32_t)frame.sequence);
    PyObject *waiter = sequence != NULL ? PyDict_GetItemWithError(waiting, sequence) : NULL;
    int status = PyErr_Occurred() ? -1 : 0;
    if (waiter != NULL && PyTuple_CheckExact(waiter) && PyTuple_GET_SIZE(waiter) == 2
        && is_opening(PyTuple_GET_ITEM(waiter, 1))) {
        Py_INCREF(waiter);
        PyObject *value = frame_value(state, &frame, PyTuple_GET_ITEM(waiter, 1), frame.sequence);
        if (LIKELY(value != NULL)) {
            *at = frame.end;
            status = PyDict_DelItem(waiting, sequence);
            status = settle(state, PyTuple_GET_ITEM(waiter, 0), value) < 0 || status < 0 ? -1 : 1;
        }
        else
            status = is_final() ? -1 : 0;
        Py_DECREF(waiter);
    }
    Py_XDECREF(sequence);
    return status;
}

PyObject *take_usual_answers(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 4 && names == NULL && !state->paused && PyBytes_CheckExact(args[0]) && PyDict_CheckExact(args[1])
        && PyBytes_CheckExact(args[2]) && PyLong_CheckExact(args[3])) {
        const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(args[0]), *at = from;
        Py_ssize_t limit = PyLong_AsSsize_t(args[3]);
        int status;
        do
            status = answer_one(state, &at, from + PyBytes_GET_SIZE(args[0]), args[1], args[2], limit);
        while (status > 0);
        return status < 0 ? NULL : PyLong_FromSsize_t(at - from);
    }
    return fall_back(state, TAKE_USUAL_ANSWERS, args, count, names);
}
