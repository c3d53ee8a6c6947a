export { preview, variables, type Variable } from './canned'
export { default as RichShown } from '../rich/RichShown.vue'
