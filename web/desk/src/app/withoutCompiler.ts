/** Stands in for vue-i18n's own message compiler, which src/app/icu.ts replaces: the same names, nothing behind them. */
export const COMPILE_ERROR_CODES_EXTEND_POINT = 17
export const CompileErrorCodes = {}
export const detectHtmlTag = () => false
export const createCompileError = (code: number) => new SyntaxError(`i18n ${code}`)
export const defaultOnError = (error: unknown) => { throw error }
export const baseCompile = () => ({ ast: {}, code: '' })
