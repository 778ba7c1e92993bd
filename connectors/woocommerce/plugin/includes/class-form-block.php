<?php
/**
 * The block "Reprise sign-up form", and the shortcode [reprise_signup] for classic themes.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Only a place on the page: the script draws the form into it, with the words from the app.
 */
class Form_Block {

	const HANDLE = 'reprise-form';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'init', array( __CLASS__, 'register' ), 11 );
		add_action( 'enqueue_block_editor_assets', array( __CLASS__, 'tell_editor' ) );
		add_shortcode( 'reprise_signup', array( __CLASS__, 'shortcode' ) );
	}

	/**
	 * Register scripts and the block.
	 *
	 * @return void
	 */
	public static function register() {
		$needs = array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components', 'wp-i18n' );
		wp_register_script( self::HANDLE, plugins_url( 'assets/reprise-form.js', REPRISE_FILE ), array(), REPRISE_VERSION, true );
		wp_register_style( self::HANDLE, plugins_url( 'assets/reprise-form.css', REPRISE_FILE ), array(), REPRISE_VERSION );
		wp_register_script( 'reprise-signup-editor', plugins_url( 'blocks/signup/edit.js', REPRISE_FILE ), $needs, REPRISE_VERSION, true );
		wp_set_script_translations( 'reprise-signup-editor', 'reprise-for-woocommerce', dirname( REPRISE_FILE ) . '/languages' );
		register_block_type(
			dirname( REPRISE_FILE ) . '/blocks/signup',
			array(
				'title'           => __( 'Reprise sign-up form', 'reprise-for-woocommerce' ),
				'render_callback' => array( __CLASS__, 'render' ),
			)
		);
	}

	/**
	 * The editor says whether there will be anything to see.
	 *
	 * @return void
	 */
	public static function tell_editor() {
		wp_add_inline_script( 'reprise-signup-editor', 'window.repriseSignup = ' . wp_json_encode( array( 'isConnected' => Connection::is_made() ) ) . ';', 'before' );
	}

	/**
	 * The block's place on the page.
	 *
	 * @param array $attributes The block's.
	 * @return string
	 */
	public static function render( $attributes ) {
		$mode = isset( $attributes['mode'] ) && 'popup' === $attributes['mode'] ? 'popup' : 'inline';
		return Connection::is_made() ? '<div ' . get_block_wrapper_attributes( self::place( $mode ) ) . '></div>' : '';
	}

	/**
	 * The shortcode's place on the page.
	 *
	 * @param array|string $attributes Perhaps mode="popup".
	 * @return string
	 */
	public static function shortcode( $attributes ) {
		if ( ! Connection::is_made() ) {
			return '';
		}
		wp_enqueue_script( self::HANDLE );
		wp_enqueue_style( self::HANDLE );
		$told = shortcode_atts( array( 'mode' => 'inline' ), $attributes );
		$html = '<div class="reprise-signup"';
		foreach ( self::place( 'popup' === $told['mode'] ? 'popup' : 'inline' ) as $name => $value ) {
			$html .= ' ' . $name . '="' . esc_attr( $value ) . '"';
		}
		return $html . '></div>';
	}

	/**
	 * What the script has to know.
	 *
	 * @param string $mode Either inline or popup.
	 * @return array<string, string>
	 */
	private static function place( $mode ) {
		return array(
			'data-reprise-form' => '',
			'data-mode'         => $mode,
			'data-app'          => Connection::app_url(),
			'data-key'          => Connection::store_key(),
			'data-locale'       => str_replace( '_', '-', determine_locale() ),
		);
	}
}
