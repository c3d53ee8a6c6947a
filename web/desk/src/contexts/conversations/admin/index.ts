export { preview, variables, type Variable } from './canned'
