type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** A JSON object of any shape. */
export type JsonObject = { [member: string]: Json };
