type Home = "the_schema"

/** A schema other than the one that is meant when none is named: `Tables<{ schema: "app" }, "orders">`. */
type Elsewhere = { schema: keyof Database }

type Relations<S extends keyof Database> = Database[S]["Tables"] & Database[S]["Views"]

/** What can be named second: the entries of a schema that was named first. */
type Within<First, Kind extends "Tables" | "Enums" | "CompositeTypes"> = First extends { schema: infer S extends keyof Database }
  ? keyof Database[S][Kind]
  : never

type RelationsWithin<First> = First extends { schema: infer S extends keyof Database } ? keyof Relations<S> : never

/** The entry that one or two names lead to. */
type Entry<First, Second, Kind extends "Tables" | "Enums" | "CompositeTypes"> = First extends { schema: infer S extends keyof Database }
  ? Database[S][Kind][Second & keyof Database[S][Kind]]
  : Database[Home][Kind][First & keyof Database[Home][Kind]]

type Relation<First, Second> = First extends { schema: infer S extends keyof Database }
  ? Relations<S>[Second & keyof Relations<S>]
  : Relations<Home>[First & keyof Relations<Home>]

type Part<Whole, Name extends string> = Whole extends { [N in Name]: infer P } ? P : never

export type Tables<
  First extends keyof Relations<Home> | Elsewhere,
  Second extends RelationsWithin<First> = never,
> = Part<Relation<First, Second>, "Row">

export type TablesInsert<
  First extends keyof Database[Home]["Tables"] | Elsewhere,
  Second extends Within<First, "Tables"> = never,
> = Part<Entry<First, Second, "Tables">, "Insert">

export type TablesUpdate<
  First extends keyof Database[Home]["Tables"] | Elsewhere,
  Second extends Within<First, "Tables"> = never,
> = Part<Entry<First, Second, "Tables">, "Update">

export type Enums<
  First extends keyof Database[Home]["Enums"] | Elsewhere,
  Second extends Within<First, "Enums"> = never,
> = Entry<First, Second, "Enums">

export type CompositeTypes<
  First extends keyof Database[Home]["CompositeTypes"] | Elsewhere,
  Second extends Within<First, "CompositeTypes"> = never,
> = Entry<First, Second, "CompositeTypes">
