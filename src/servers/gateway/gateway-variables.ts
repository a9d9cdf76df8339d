/** The variables of a request as they came. Each character of a name and a value is a byte (latin-1). */
export type GatewayVariables = readonly (readonly [name: string, value: string])[];
