<?php
/**
 * The chat on every page of the shop, once the merchant switched it on here and in the app.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Only a place on the page: the script asks the app whether a chat is on, and draws it.
 */
class Chat {

	const HANDLE = 'reprise-chat';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'wp_enqueue_scripts', array( __CLASS__, 'add_script' ) );
		add_action( 'wp_footer', array( __CLASS__, 'show' ) );
	}

	/**
	 * The script.
	 *
	 * @return void
	 */
	public static function add_script() {
		if ( self::is_on() ) {
			wp_enqueue_script( self::HANDLE, plugins_url( 'assets/reprise-chat.js', REPRISE_FILE ), array(), REPRISE_VERSION, true );
		}
	}

	/**
	 * The place, with what the script has to know.
	 *
	 * @return void
	 */
	public static function show() {
		if ( self::is_on() ) {
			printf( '<div data-reprise-chat data-app="%s" data-key="%s" data-locale="%s"></div>', esc_attr( Connection::app_url() ), esc_attr( Connection::store_key() ), esc_attr( str_replace( '_', '-', determine_locale() ) ) );
		}
	}

	/**
	 * Did the merchant want it, and is there an app?
	 *
	 * @return bool
	 */
	private static function is_on() {
		return Preferences::all()['has_chat'] && Connection::is_made();
	}
}
