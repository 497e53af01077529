/* The reply to a usual call, in one piece. Sources: framing/{framed,ttheader}.py, server/usual.py. */
#include "calls.h"
#include "layout.h"
#include "reader.h"
#include "writer.h"

#define LENGTH_SIZE 4
#define TT_PREFIX 14
#define TT_MAGIC 0x1000
#define TT_LENGTH_AT 4 /* where what LENGTH counts begins */

/* Bytes before the message. */
static Py_ssize_t frame_size(const Calls *calls, Transport transport)
{
    Py_ssize_t size = transport == TTHEADER ? 0 : LENGTH_SIZE;
    return transport == FRAMED ? size : size + TT_PREFIX + PyBytes_GET_SIZE(calls->info_area);
}

/* Write them, for a message of `size` bytes. */
static void frame_fill(const Calls *calls, const Request *request, uint8_t *at, Py_ssize_t size)
{
    if (request->transport != FRAMED) {
        Py_ssize_t area = PyBytes_GET_SIZE(calls->info_area);
        Py_ssize_t inner = request->transport == TTHEADER_FRAMED ? LENGTH_SIZE : 0;
        put32(at, (uint32_t)(TT_PREFIX - TT_LENGTH_AT + area + inner + size));
        put16(at + 4, TT_MAGIC);
        put16(at + 6, 0);
        put32(at + 8, (uint32_t)request->sequence_id);
        put16(at + 12, (uint16_t)(area / 4));
        memcpy(at + TT_PREFIX, PyBytes_AS_STRING(calls->info_area), (size_t)area);
        at += TT_PREFIX + area;
    }
    if (request->transport != TTHEADER)
        put32(at, (uint32_t)size);
}

/* The result record that holds `value`; NULL without an exception when such a record is made otherwise. */
static PyObject *result_of(Calls *calls, const Method *method, Plan *plan, PyObject *value)
{
    if (!plan_holds(plan) || !plan->can_read || !plan->is_plain || (value == Py_None && !method->may_be_none))
        return NULL;
    PyObject *record = record_new(calls->state, plan);
    if (record == NULL)
        return NULL;
    for (const Field *field = plan->fields; field < plan->fields + plan->count; field++) {
        PyObject *held = field->id == 0 ? value : Py_None; /* all others are exceptions */
        *slot_of(record, field->offset) = Py_NewRef(held);
    }
    return record_end(plan, record);
}

static uint8_t *write_result(Writer *writer, uint8_t *at, Calls *calls, const Method *method, PyObject *value)
{
    static const uint8_t SUCCESS[] = {W_STRUCT, 0, 0};
    if ((PyObject *)Py_TYPE(value) == method->value_class) {
        Plan *plan = plan_of(calls->state, THRIFT, Py_TYPE(value));
        if (plan == NULL || (at = room(writer, at, (Py_ssize_t)sizeof(SUCCESS))) == NULL)
            return NULL;
        memcpy(at, SUCCESS, sizeof(SUCCESS));
        at = write_binary_record(writer, at + sizeof(SUCCESS), plan, value);
        if (at == NULL || (at = room(writer, at, 1)) == NULL)
            return NULL;
        *at = W_STOP;
        return at + 1;
    }
    if (!method->has_value) {
        if ((at = room(writer, at, 1)) == NULL)
            return NULL;
        *at = W_STOP;
        return at + 1;
    }
    Plan *plan = plan_of(calls->state, THRIFT, (PyTypeObject *)method->result);
    PyObject *record = plan != NULL ? result_of(calls, method, plan, value) : NULL;
    if (record == NULL)
        return NULL;
    at = write_binary_record(writer, at, plan, record);
    Py_DECREF(record);
    return at;
}

/* Whether there is anything to tell beside the value. */
static bool tells_more(const Calls *calls, const Request *request, PyObject *info)
{
    PyObject *backward = *slot_of(info, calls->info.backward), *number = *slot_of(info, calls->info.sequence_id);
    int64_t sequence_id;
    if (backward != Py_None && (backward == NULL || !PyDict_CheckExact(backward) || PyDict_GET_SIZE(backward) != 0))
        return true;
    return *slot_of(info, calls->info.biz_status) != Py_None || *slot_of(info, calls->info.ends_connection) != Py_False
           || number == NULL || !PyLong_CheckExact(number) || !int_value(number, &sequence_id)
           || sequence_id != request->sequence_id;
}

PyObject *reply_write(Calls *calls, const Request *request, PyObject *info, PyObject *value)
{
    const Method *method = request->method;
    if (tells_more(calls, request, info))
        return NULL;
    uint8_t stack[STACK_BUFFER];
    Writer writer;
    uint8_t *at = writer_begin(&writer, calls->state, stack, 0);
    Py_ssize_t before = frame_size(calls, request->transport), head = PyBytes_GET_SIZE(method->reply_head);
    writer.depth = 1;
    writer.splits = true;
    at = room(&writer, at, before + head + LENGTH_SIZE);
    if (at != NULL) {
        at += before;
        memcpy(at, PyBytes_AS_STRING(method->reply_head), (size_t)head);
        put32(at + head, (uint32_t)request->sequence_id);
        at = write_result(&writer, at + head + LENGTH_SIZE, calls, method, value);
    }
    Py_ssize_t size = at == NULL ? 0 : at - writer.base - before;
    /* What was set apart is to be sent from where it lies, in pieces: Python gathers them. */
    if (at == NULL || writer.apart != NULL || size + frame_size(calls, TTHEADER_FRAMED) > calls->max_message) {
        Py_CLEAR(writer.apart);
        Py_CLEAR(writer.bytes);
        return NULL;
    }
    frame_fill(calls, request, writer.base, size);
    return writer_end(&writer, at);
}
