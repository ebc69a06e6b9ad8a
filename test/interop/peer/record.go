package main

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// record is a message whose fields are reached by the names that stand in the .proto files.
type record struct{ protoreflect.Message }

func (r record) field(name string) protoreflect.FieldDescriptor {
	field := r.Descriptor().Fields().ByName(protoreflect.Name(name))
	if field == nil {
		panic(fmt.Sprintf("%s has no field %s", r.Descriptor().FullName(), name))
	}
	return field
}

// with sets one field and returns the record, so that a message reads as the list of what it holds.
func (r record) with(name string, value any) record {
	field := r.field(name)
	switch value := value.(type) {
	case time.Time:
		stamp := r.Mutable(field).Message()
		record{stamp}.with("seconds", value.Unix()).with("nanos", int32(value.Nanosecond()))
	case map[string]string:
		for key, text := range value {
			r.Mutable(field).Map().Set(protoreflect.ValueOfString(key).MapKey(), protoreflect.ValueOfString(text))
		}
	case record:
		r.Set(field, protoreflect.ValueOfMessage(value.Message))
	case []record:
		for _, element := range value {
			r.Mutable(field).List().Append(protoreflect.ValueOfMessage(element.Message))
		}
	case protoreflect.EnumNumber:
		r.Set(field, protoreflect.ValueOfEnum(value))
	default:
		r.Set(field, protoreflect.ValueOf(value))
	}
	return r
}

// copied sets one field to what another record has, if it has it.
func (r record) copied(from record, name, as string) record {
	if from.has(name) {
		r.Set(r.field(as), from.Get(from.field(name)))
	}
	return r
}

// chosen is the name of the field that is set of those of a oneof; empty when none is.
func (r record) chosen(oneof string) string {
	field := r.WhichOneof(r.Descriptor().Oneofs().ByName(protoreflect.Name(oneof)))
	if field == nil {
		return ""
	}
	return string(field.Name())
}

func (r record) message(name string) record { return record{r.Get(r.field(name)).Message()} }

func (r record) text(name string) string   { return r.Get(r.field(name)).String() }
func (r record) bytes(name string) []byte  { return r.Get(r.field(name)).Bytes() }
func (r record) number(name string) uint64 { return r.Get(r.field(name)).Uint() }
func (r record) enum(name string) protoreflect.EnumNumber {
	return r.Get(r.field(name)).Enum()
}
func (r record) has(name string) bool { return r.Has(r.field(name)) }

func (r record) time(name string) time.Time {
	stamp := record{r.Get(r.field(name)).Message()}
	return time.Unix(stamp.Get(stamp.field("seconds")).Int(), stamp.Get(stamp.field("nanos")).Int())
}

func (r record) texts(name string) map[string]string {
	texts := map[string]string{}
	r.Get(r.field(name)).Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		texts[key.String()] = value.String()
		return true
	})
	return texts
}

func (r record) list(name string) []record {
	list := r.Get(r.field(name)).List()
	records := make([]record, list.Len())
	for i := range records {
		records[i] = record{list.Get(i).Message()}
	}
	return records
}

// encode writes the record in the one canonical order, so that equal records have equal bytes on every node.
func (r record) encode() []byte {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(r.Message.Interface())
	if err != nil {
		panic(err)
	}
	return data
}
